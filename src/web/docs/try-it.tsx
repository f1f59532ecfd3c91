import { signal, useSignal } from '@preact/signals'
import { randomKey } from '../shared/random.ts'
import { tokens } from '../shared/tokens.ts'
import { bodyOf, type Operation } from './document.ts'

const name = 'docs-token'

/** The token that calls are sent with: the one that was typed, else that of the page of the diners in this browser. */
const token = signal(sessionStorage.getItem(name) ?? tokens.value?.access_token ?? '')
token.subscribe((value) => sessionStorage.setItem(name, value))

export function TokenField() {
  return (
    <label class="token">
      Bearer token for “Send”
      <input
        type="password"
        autocomplete="off"
        spellcheck={false}
        value={token}
        onInput={({ currentTarget }) => {
          token.value = currentTarget.value.trim()
        }}
      />
    </label>
  )
}

interface Told {
  status: string
  text: string
}

/** Sends an operation's call as it is typed, and shows what comes back. */
export function TryIt({ operation }: { operation: Operation }) {
  const example = operation['x-example']
  const body = bodyOf(operation)
  const isBusy = useSignal(false)
  const told = useSignal<Told | null>(null)
  const send = async (event: SubmitEvent) => {
    event.preventDefault()
    const typed = new FormData(event.currentTarget as HTMLFormElement)
    isBusy.value = true
    told.value = await exchange(operation, typed).catch((error: Error) => ({
      status: 'no answer',
      text: error.message,
    }))
    isBusy.value = false
  }
  const id = operation.operationId
  return (
    <form class="try" onSubmit={send} aria-label={`Try ${operation.method} ${operation.path}`}>
      <label>
        Path
        <input name="path" value={example?.path ?? operation.path} spellcheck={false} required />
      </label>
      {body && !body.isForm && (
        <label>
          Body
          <textarea name="body" rows={6} spellcheck={false}>
            {JSON.stringify(example?.body ?? {}, null, 2)}
          </textarea>
        </label>
      )}
      {body?.isForm &&
        Object.entries(body.schema.properties ?? {}).map(([field, schema]) => (
          <FormField
            key={field}
            field={field}
            isFile={!!schema.contentMediaType}
            value={example?.form?.[field] ?? ''}
          />
        ))}
      <button type="submit" class="second" disabled={isBusy.value} aria-describedby={`${id}-told`}>
        Send
      </button>
      <div id={`${id}-told`} role="status">
        {told.value && (
          <>
            <p>
              <b>{told.value.status}</b>
            </p>
            <pre>{told.value.text}</pre>
          </>
        )}
      </div>
    </form>
  )
}

function FormField({ field, isFile, value }: { field: string; isFile: boolean; value: string }) {
  const name = `form:${field}`
  return isFile ? (
    <label>
      {field}
      <input type="file" name={name} />
    </label>
  ) : (
    <label>
      {field}
      <input type="text" name={name} value={value} />
    </label>
  )
}

async function exchange(operation: Operation, typed: FormData): Promise<Told> {
  const { method, parameters } = operation
  const headers = new Headers()
  if (token.value !== '') headers.set('Authorization', `Bearer ${token.value}`)
  if (parameters.some((one) => one.name === 'Idempotency-Key')) headers.set('Idempotency-Key', randomKey())
  const json = typed.get('body')
  if (json !== null) headers.set('Content-Type', 'application/json')
  const form = new FormData()
  for (const [field, value] of typed) if (field.startsWith('form:')) form.set(field.slice('form:'.length), value)
  const isForm = bodyOf(operation)?.isForm === true
  const start_ms = performance.now()
  const response = await fetch(new URL(`${typed.get('path')}`, location.origin), {
    method,
    headers,
    body: isForm ? form : json,
  })
  const text = await response.text()
  const took_ms = Math.round(performance.now() - start_ms)
  const code = response.headers.get('X-Api-Code')
  return { status: `HTTP ${response.status}${code ? ` · code ${code}` : ''} · ${took_ms} ms`, text: pretty(text) }
}

function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2)
  } catch {
    return text
  }
}
