import recorded from './examples.json' with { type: 'json' }

/** One call as it went: its path with what was asked, what was sent, and what was answered. */
export interface Example {
  path: string
  /** The JSON that was sent. */
  body?: unknown
  /** The fields that were sent as multipart; a file begins with `@`. */
  form?: Record<string, string>
  answer: unknown
}

const examples = recorded as Record<string, Example>

/** The example of an operation, such as `POST /api/lottery/draw`. `test/http/examples.test.ts` holds it to be true. */
export function exampleOf(method: string, path: string): Example | undefined {
  return examples[`${method.toUpperCase()} ${path}`]
}

/** The same operation with its example. */
export function withExample<Operation extends object>(operation: Operation, example: Example | undefined): Operation {
  return example ? { ...operation, 'x-example': example } : operation
}
