import { computed, signal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { Skeleton } from '../shared/parts.tsx'
import { type ApiDocument, api, failure, load, matches, type Operation, operationsOf } from './document.ts'
import { Fields } from './fields.tsx'
import { OperationCard } from './operation.tsx'
import { place } from './place.ts'
import { TokenField } from './try-it.tsx'

const search = signal('')
const all = computed(() => (api.value ? operationsOf(api.value) : []))
const found = computed(() => all.value.filter((operation) => matches(operation, search.value)))
const groups = computed(() => Map.groupBy(found.value, ({ tags }) => tags[0] ?? ''))

export function Page() {
  const document = api.value
  if (!document)
    return (
      <main class="docs">
        {failure.value === '' ? (
          <Skeleton rows={6} />
        ) : (
          <div class="empty" role="alert">
            <p>The description could not be loaded: {failure.value}</p>
            <button type="button" class="second" onClick={load}>
              Try again
            </button>
          </div>
        )}
      </main>
    )
  return (
    <div class="docs">
      <aside>
        <Search />
        <Contents />
      </aside>
      <main>
        <Introduction document={document} />
        {[...groups.value].map(([tag, operations]) => (
          <Group key={tag} tag={tag} operations={operations} />
        ))}
        <Sockets document={document} />
        <Codes document={document} />
      </main>
    </div>
  )
}

function Search() {
  const input = useRef<HTMLInputElement>(null)
  useEffect(() => {
    const focus = (event: KeyboardEvent) => {
      if (event.key !== '/' || /INPUT|TEXTAREA/.test(document.activeElement?.tagName ?? '')) return
      event.preventDefault()
      input.current?.focus()
    }
    addEventListener('keydown', focus)
    return () => removeEventListener('keydown', focus)
  }, [])
  return (
    <search>
      <label>
        Search (press /)
        <input
          ref={input}
          type="search"
          placeholder="draw, 4005, POST, corrections …"
          value={search}
          onInput={({ currentTarget }) => {
            search.value = currentTarget.value.trim()
          }}
        />
      </label>
      <p class="hint" role="status">
        {found.value.length} of {all.value.length} calls
      </p>
    </search>
  )
}

function Contents() {
  return (
    <nav aria-label="Contents">
      <ul>
        {[...groups.value].map(([tag, operations]) => (
          <li key={tag}>
            <a href={`#${tag}`}>{tag}</a>
            <ul>
              {operations.map(({ operationId, method, path }) => (
                <li key={operationId}>
                  <a href={`#${operationId}`} aria-current={place.value === operationId ? 'true' : undefined}>
                    <b class={method.toLowerCase()}>{method}</b> {path.replace(/^\/api/, '')}
                  </a>
                </li>
              ))}
            </ul>
          </li>
        ))}
        <li>
          <a href="#frames">sockets</a>
        </li>
        <li>
          <a href="#codes">codes</a>
        </li>
      </ul>
    </nav>
  )
}

function Introduction({ document: { info, openapi } }: { document: ApiDocument }) {
  return (
    <header class="introduction">
      <h1>
        {info.title} <small>{info.version}</small>
      </h1>
      <p>{info.description}</p>
      <p>
        A write that has an <code>Idempotency-Key</code> happens once, however often it is sent: the first answer comes
        back. Send the same key until there is an answer. Code 9009 alone says that nobody knows yet what became of a
        request.
      </p>
      <p>
        Every example here was answered by the service in its tests. For programs there is{' '}
        <a href="/api/openapi.json">openapi.json</a> (OpenAPI {openapi}).
      </p>
      <TokenField />
    </header>
  )
}

function Group({ tag, operations }: { tag: string; operations: readonly Operation[] }) {
  return (
    <section id={tag} aria-labelledby={`${tag}-title`}>
      <h2 id={`${tag}-title`}>{tag}</h2>
      {operations.map((operation) => (
        <OperationCard key={operation.operationId} operation={operation} />
      ))}
    </section>
  )
}

function Sockets({ document }: { document: ApiDocument }) {
  return (
    <section id="frames" aria-labelledby="frames-title">
      <h2 id="frames-title">Frames of the socket</h2>
      <p>
        A WebSocket on <code>/ws</code>. The token comes as <code>?token=</code>, as Bearer, as the subprotocols{' '}
        <code>bearer, &lt;token&gt;</code>, or in a first frame <code>{'{ "type": "auth", "token": … }'}</code>.
      </p>
      {Object.entries(document['x-messages']).map(([type, schema]) => (
        <details class="call" key={type}>
          <summary>
            <code>{type}</code> <span>from the server</span>
          </summary>
          <Fields title="Frame" schema={schema} />
        </details>
      ))}
      {(document['x-client-messages'].oneOf ?? document['x-client-messages'].anyOf ?? []).map((schema) => {
        const type = `${schema.properties?.type?.const ?? ''}`
        return (
          <details class="call" key={type}>
            <summary>
              <code>{type}</code> <span>from the client</span>
            </summary>
            <Fields title="Frame" schema={schema} />
          </details>
        )
      })}
    </section>
  )
}

function Codes({ document }: { document: ApiDocument }) {
  return (
    <section id="codes" aria-labelledby="codes-title">
      <h2 id="codes-title">Codes</h2>
      <table>
        <caption>What a refusal says to the person who asked, unless it knows more</caption>
        <tbody>
          {Object.entries(document['x-codes']).map(([code, sentence]) => (
            <tr key={code} id={`code-${code}`}>
              <th scope="row">{code}</th>
              <td lang="zh-CN">{sentence}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
