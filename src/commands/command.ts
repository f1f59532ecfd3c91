import type { Config } from '../config/config.ts'
import type { Progress } from '../lib/progress.ts'

/** What a command gets: its arguments, the checked settings and ways to print and to say how far it is. */
export interface CommandContext {
  args: string[]
  config: Config
  print: (line: string) => void
  progress: Progress
}

/** Runs and returns the exit code. */
export type Command = (context: CommandContext) => Promise<number>
