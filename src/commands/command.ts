import type { Config } from '../config/config.ts'

/** What a command gets: its arguments, the checked settings and a way to print to the terminal. */
export interface CommandContext {
  args: string[]
  config: Config
  print: (line: string) => void
}

/** Runs and returns the exit code. */
export type Command = (context: CommandContext) => Promise<number>
