/** One JSON line of the report. */
export type Result = Record<string, unknown>

export function printLine(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`)
}
