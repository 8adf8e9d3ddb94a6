/*
 * The published SPICE: a jar, the libraries that it names, Stanford's CoreNLP with its models, and the JavaScript engine
 * that Java has no more from version 15 on.
 */

/** SPICE's own jar. */
export const SPICE_JAR = "spice-1.0.jar";

/** The libraries that come with it in pycocoevalcap, in the order of its class path. */
export const LIBRARIES = [
  ...["ejml-0.23.jar", "slf4j-api-1.7.12.jar", "slf4j-simple-1.7.21.jar", "lmdbjni-0.4.6.jar"],
  ...["lmdbjni-linux64-0.4.6.jar", "lmdbjni-osx64-0.4.6.jar", "lmdbjni-win64-0.4.6.jar", "fst-2.47.jar"],
  ...["jackson-core-2.5.3.jar", "javassist-3.19.0-GA.jar", "objenesis-2.4.jar", "guava-19.0.jar"],
  ...["json-simple-1.1.1.jar", "Meteor-1.5.jar", "SceneGraphParser-1.0.jar"],
] as const;

/** A jar of Maven's repository. */
export interface MavenJar {
  readonly group: string;
  readonly artifact: string;
  readonly version: string;
  readonly classifier?: string;
}

/** CoreNLP, which pycocoevalcap does not bring. */
export const CORENLP: readonly MavenJar[] = [
  { group: "edu.stanford.nlp", artifact: "stanford-corenlp", version: "3.6.0" },
  { group: "edu.stanford.nlp", artifact: "stanford-corenlp", version: "3.6.0", classifier: "models" },
];

/** The JavaScript engine. */
export const NASHORN: readonly MavenJar[] = [
  { group: "org.openjdk.nashorn", artifact: "nashorn-core", version: "15.4" },
  ...["asm", "asm-analysis", "asm-commons", "asm-tree", "asm-util"].map((artifact) => ({
    group: "org.ow2.asm",
    artifact,
    version: "7.3.1",
  })),
];

/** The file's name. */
export function jarName({ artifact, version, classifier }: MavenJar): string {
  return `${[artifact, version, classifier].filter((part) => part !== undefined).join("-")}.jar`;
}

/** Where it lies in a repository of Maven's. */
export function repositoryPath(jar: MavenJar): string {
  return [...jar.group.split("."), jar.artifact, jar.version, jarName(jar)].join("/");
}

/** What scores depend on, in the order of the class path. */
export const SCORING_JARS: readonly string[] = [SPICE_JAR, ...CORENLP.map(jarName), ...LIBRARIES];
/** The names of {@link NASHORN}. */
export const NASHORN_JARS: readonly string[] = NASHORN.map(jarName);
