import { readdirSync, readFileSync } from "node:fs";
import ts from "typescript";

/** A text of the sources that tells people to do something. */
export interface AdvisingMessage {
  readonly file: string;
  /** `…` stands for what is filled in. */
  readonly text: string;
}

const VERBS =
  "add|allow|ask|check|choose|combine|compare|compile|compute|continue|convert|copy|delete|download|explore|export|fetch|" +
  "finish|give|go back|install|keep|leave|limit|look|lower|make|move|name|open|pack|pass|press|put|raise|rebuild|reinstall|" +
  "remove|repair|restart|restore|run|save|say|score|send|set|shorten|split|start|store|tag|train|try|unpack|update|use|" +
  "wait|write";

/** A verb where a sentence or a clause begins. */
const ADVISING = new RegExp(
  `(?:[.:;,!?)] |\\bor |\\band )(?:${VERBS})(?=[ ,])|(?:^|[.:!?)…] )(?:${VERBS.replace(/(^|\|)\w/g, (start) => start.toUpperCase())})(?=[ ,])|^(?:reinstall|npm) `,
);

/** Rooms whose texts are pages, pictures' words, or documents that are written. */
const NO_MESSAGES =
  /^(?:dist|node_modules)\/|report\/(?:browser|explorer|plots|tables)\/|report-page|serve\/[a-z]+-page|older-versions|toybox\/(?:language|questions|web|drawing|world|readme)|\/describe-|cli\/bench|complete-task/;

/** What commander is told is help; what `summary` says, too. */
const HELP = /^(?:option|requiredOption|description|summary|argument|addHelpText|describe|helpCommand|Option)$/;

/** Every text in the sources that advises. */
export function listAdvisingMessages(): AdvisingMessage[] {
  return ["harness", "metrics"].flatMap((root) =>
    readdirSync(root, { recursive: true, encoding: "utf8" })
      .filter((path) => path.endsWith(".ts") && !path.endsWith(".d.ts") && !NO_MESSAGES.test(path))
      .sort()
      .flatMap((path) => {
        const file = `${root}/${path}`;
        const source = ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest, true);
        return listTexts(source)
          .filter((text) => ADVISING.test(text) && !/\nExamples?:|^Examples?:/.test(text))
          .map((text) => ({ file, text }));
      }),
  );
}

function listTexts(node: ts.Node): string[] {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node) || ts.isTypeNode(node)) return [];
  if (ts.isPropertyAssignment(node) && node.name.getText() === "summary") return [];
  if ((ts.isCallExpression(node) || ts.isNewExpression(node)) && HELP.test(nameOfCalled(node.expression))) {
    return listTexts(node.expression);
  }
  const text = readText(node);
  if (text !== undefined) return [text];
  const texts: string[] = [];
  ts.forEachChild(node, (child) => {
    texts.push(...listTexts(child));
  });
  return texts;
}

function nameOfCalled(expression: ts.Expression): string {
  return ts.isPropertyAccessExpression(expression) ? expression.name.text : expression.getText();
}

/** What a literal, a template or a sum of them says. */
function readText(node: ts.Node): string | undefined {
  if (ts.isStringLiteralLike(node)) return node.text;
  if (ts.isTemplateExpression(node)) {
    return node.head.text + node.templateSpans.map(({ literal }) => `…${literal.text}`).join("");
  }
  if (!ts.isBinaryExpression(node) || node.operatorToken.kind !== ts.SyntaxKind.PlusToken) return undefined;
  const [left, right] = [readText(node.left), readText(node.right)];
  return left === undefined && right === undefined ? undefined : `${left ?? "…"}${right ?? "…"}`;
}
