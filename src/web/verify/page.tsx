import { useSignal } from '@preact/signals'
import { nameOf, ReportView } from '../shared/checks.tsx'
import { addFiles, addText, clear, documents, remove, result, trouble } from './desk.ts'
import { Facts } from './facts.tsx'
import { texts } from './texts.ts'

export function Page() {
  return (
    <div class="verify">
      <header>
        <h1>{texts.title}</h1>
        <p class="hint">{texts.lead}</p>
      </header>
      <main>
        <Given />
        <p class="trouble" role="alert">
          {trouble.value}
        </p>
        <Result />
        <Documents />
        <Limits />
      </main>
      <Save />
    </div>
  )
}

function Given() {
  const text = useSignal('')
  const choose = ({ currentTarget }: { currentTarget: HTMLInputElement }) => {
    const files = [...(currentTarget.files ?? [])]
    currentTarget.value = ''
    void addFiles(files)
  }
  const put = (event: Event) => {
    event.preventDefault()
    if (addText(text.value)) text.value = ''
  }
  return (
    <section class="given">
      <label class="file main">
        {texts.add}
        <input type="file" multiple accept=".json,.txt,application/json,text/plain" onChange={choose} />
      </label>
      <p class="hint">{texts.dropHint}</p>
      <form onSubmit={put}>
        <label>
          {texts.paste}
          <textarea
            rows={3}
            spellcheck={false}
            value={text}
            onInput={({ currentTarget }) => {
              text.value = currentTarget.value
            }}
          />
        </label>
        <button type="submit" class="second">
          {texts.pasteAdd}
        </button>
      </form>
    </section>
  )
}

function Result() {
  const found = result.value
  if (!found) return documents.value.length === 0 ? null : <p class="verdict pending">{texts.alone}</p>
  return (
    <>
      <h2>{texts.result}</h2>
      <ReportView report={found.report} documents={documents.value} />
      <p class="hint took" data-ms={found.took_ms}>
        {texts.took(found.took_ms)}
      </p>
    </>
  )
}

function Documents() {
  if (documents.value.length === 0) return null
  return (
    <section class="given-documents">
      <h2>{texts.added}</h2>
      {documents.value.map((document, at) => (
        <article key={at}>
          <header>
            <h3>{nameOf(document)}</h3>
            <button
              type="button"
              class="plain"
              aria-label={texts.remove(nameOf(document))}
              onClick={() => remove(document)}
            >
              {texts.removeShort}
            </button>
          </header>
          <Facts document={document} />
        </article>
      ))}
      <button type="button" class="second" onClick={clear}>
        {texts.clear}
      </button>
    </section>
  )
}

function Limits() {
  return (
    <section class="limits">
      <h2>{texts.limits.title}</h2>
      <ul class="notes">
        {texts.limits.items.map((item) => (
          <li key={item}>{item}</li>
        ))}
      </ul>
    </section>
  )
}

/** From a disk there is nothing more to save. */
function Save() {
  if (location.protocol === 'file:') return null
  return (
    <footer>
      <a class="second" href="/verify" download="verify.html">
        {texts.save}
      </a>
      <p class="hint">{texts.saveHint}</p>
    </footer>
  )
}
