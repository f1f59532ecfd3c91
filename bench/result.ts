/** One JSON line of the report. */
export type Result = Record<string, unknown>
