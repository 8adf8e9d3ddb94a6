/**
 * The word of the arguments that names the command, or what help is asked for: of `score --task caption` it is `score`,
 * although `caption` is a command too.
 */
export function askedCommand(argv: readonly string[]): string | undefined {
  const [first, second] = argv.filter((argument) => !argument.startsWith("-"));
  return first === "help" ? second : first;
}
