export interface Command {
  id: string;
  label: string;
  hint?: string;
  run: () => void;
}

/** Every word has to occur somewhere in the label. */
export function matching(commands: readonly Command[], typed: string): Command[] {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  return commands.filter((command) => words.every((word) => command.label.toLowerCase().includes(word)));
}
