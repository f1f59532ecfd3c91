import type { Operation } from './document.ts'

/** The example of an operation as a line for a terminal; `$TOKEN` is the caller's. */
export function curlOf(operation: Operation, origin: string): string {
  const { method, path, security, parameters } = operation
  const { path: filled = path, body, form } = operation['x-example'] ?? {}
  const isKeyed = parameters.some(({ name }) => name === 'Idempotency-Key')
  return [
    `curl ${method === 'GET' ? '' : `-X ${method} `}${quoted(`${origin}${filled}`)}`,
    ...(security.length > 0 ? ['-H "Authorization: Bearer $TOKEN"'] : []),
    ...(isKeyed ? [`-H ${quoted('Idempotency-Key: one-key-for-each-deed')}`] : []),
    ...(body === undefined
      ? []
      : [`-H ${quoted('Content-Type: application/json')}`, `-d ${quoted(JSON.stringify(body))}`]),
    ...Object.entries(form ?? {}).map(([name, value]) => `-F ${quoted(`${name}=${value}`)}`),
  ].join(' \\\n  ')
}

const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`
