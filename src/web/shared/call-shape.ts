import type { z } from 'zod'

/** One call of the API: `data` of a success, and what is sent. */
export interface Call<Answer, Sent = Record<never, never>> {
  answer: Answer
  sent: Sent
}

/** A query string of which every part may be left out. */
export type Query<Schema extends z.ZodType> = { [Name in keyof z.output<Schema>]?: z.output<Schema>[Name] }
