import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { say } from '../shared/parts.tsx'
import { curlOf } from './curl.ts'
import { answerOf, api, bodyOf, type Operation } from './document.ts'
import { Fields, FieldTable, typeOf } from './fields.tsx'
import { place } from './place.ts'
import { TryIt } from './try-it.tsx'

/** One call. What is inside is made when it is opened: there are many. */
export function OperationCard({ operation }: { operation: Operation }) {
  const { method, path, summary, operationId } = operation
  const isNamed = place.value === operationId
  const isOpen = useSignal(isNamed)
  const card = useRef<HTMLDetailsElement>(null)
  useEffect(() => {
    if (!isNamed) return
    isOpen.value = true
    card.current?.scrollIntoView()
  }, [isNamed])
  return (
    <details
      ref={card}
      id={operationId}
      class="call"
      open={isOpen.value}
      onToggle={({ currentTarget }) => {
        isOpen.value = currentTarget.open
      }}
    >
      <summary>
        <b class={method.toLowerCase()}>{method}</b> <code>{path}</code> <span>{summary}</span>
      </summary>
      {isOpen.value && <Inside operation={operation} />}
    </details>
  )
}

function Inside({ operation }: { operation: Operation }) {
  const { parameters, security, operationId } = operation
  const body = bodyOf(operation)
  const answer = answerOf(operation)
  const example = operation['x-example']
  return (
    <div class="inside">
      <p class="hint">
        {security.length > 0 ? 'Needs a Bearer token. ' : 'Open to everyone. '}
        {operation['x-rights'] && `Rights of staff, one is enough: ${operation['x-rights'].join(', ') || 'any role'}. `}
        <a href={`#${operationId}`}>Link to this call</a>
      </p>
      {parameters.length > 0 && (
        <FieldTable
          title="Parameters"
          rows={parameters.map(({ name, required = false, description = '', schema, ...parameter }) => ({
            name,
            type: `${typeOf(schema)}, in the ${parameter.in}`,
            isRequired: required,
            about: description,
          }))}
        />
      )}
      {body && <Fields title={body.isForm ? 'Form' : 'Body'} schema={body.schema} />}
      <Sample title="In a terminal" text={curlOf(operation, location.origin)} />
      {example && <Sample title="An answer" text={JSON.stringify(example.answer, null, 2)} />}
      {answer && (
        <Fields title={operation['x-refusals'].length > 0 ? 'data of the answer' : 'Answer'} schema={answer} />
      )}
      <Refusals operation={operation} />
      <h3>Try it</h3>
      <TryIt operation={operation} />
    </div>
  )
}

function Sample({ title, text }: { title: string; text: string }) {
  const copy = () =>
    navigator.clipboard.writeText(text).then(
      () => say('Copied'),
      () => say('The browser did not allow it. Select the text and copy it.', true),
    )
  return (
    <figure class="sample" aria-label={title}>
      <figcaption>
        <h3>{title}</h3>
        <button type="button" class="link" onClick={copy} aria-label={`Copy: ${title}`}>
          Copy
        </button>
      </figcaption>
      <pre>{text}</pre>
    </figure>
  )
}

/** The codes that the call can refuse with; where there is no envelope, what each HTTP status means. */
function Refusals({ operation }: { operation: Operation }) {
  const codes = operation['x-refusals']
  const rows: (readonly [string, string])[] =
    codes.length > 0
      ? codes.map((code) => [`${code}`, api.value?.['x-codes'][code] ?? ''] as const)
      : Object.entries(operation.responses).map(([status, { description }]) => [status, description] as const)
  return (
    <table>
      <caption>{codes.length > 0 ? 'Refusals' : 'HTTP statuses'}</caption>
      <tbody>
        {rows.map(([code, says]) => (
          <tr key={code}>
            <th scope="row">{codes.length > 0 ? <a href={`#code-${code}`}>{code}</a> : code}</th>
            <td lang={codes.length > 0 ? 'zh-CN' : undefined}>{says}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
