import type { Document } from '../../verifier/documents.ts'
import type { Outcome, Report } from '../../verifier/verify.ts'
import { checkTexts, noteTexts, reportTexts as texts } from './check-texts.ts'

/** What a document is called on the page. It may hold anything. */
export function nameOf(document: Document): string {
  if (typeof document === 'string') return texts.checkpoint(shortened(document.split('\n')[1]))
  if (document?.kind === 'receipt') return texts.receipt(shortened(document.draw_id))
  return document?.kind === 'proof' ? texts.proof(shortened(document.draw?.draw_id)) : texts.unknown
}

export function shortened(value: unknown, most = 40): string {
  const text = typeof value === 'string' || typeof value === 'number' ? `${value}` : '?'
  return text.length > most ? `${text.slice(0, most)}…` : text
}

const marks = { passed: '✓', failed: '✕', pending: '…' } as const

/** What the verifier found, in words. Two documents that contradict each other are named. */
export function ReportView({ report, documents }: { report: Report; documents: readonly Document[] }) {
  const names = documents.map(nameOf)
  const groups = Map.groupBy(report.checks, ({ of }) => of.join())
  return (
    <div class="report">
      <Verdict report={report} names={names} />
      {[...groups].map(([of, checks]) => (
        <section key={of} class="check-group">
          <h3>{titleOf(checks[0]?.of ?? [], names)}</h3>
          <ul class="checks">
            {checks.map((check) => (
              <CheckRow key={check.name} check={check} />
            ))}
          </ul>
        </section>
      ))}
      {report.notes.length > 0 && (
        <section class="check-group">
          <h3>{texts.notes}</h3>
          <ul class="notes">
            {report.notes.map((note) => (
              <li key={note}>{noteTexts[note]}</li>
            ))}
          </ul>
        </section>
      )}
    </div>
  )
}

function titleOf([one = 0, other]: readonly number[], names: readonly string[]): string {
  const name = names[one] ?? ''
  return other === undefined ? name : texts.between(name, names[other] ?? '')
}

function Verdict({ report: { verdict, checks }, names }: { report: Report; names: readonly string[] }) {
  const failed = checks.filter(({ state }) => state === 'failed')
  const titles = [...new Set(failed.map(({ name }) => checkTexts[name].title))].join('、')
  const pairs = Map.groupBy(
    failed.filter(({ of }) => of.length === 2),
    ({ of }) => of.join(),
  )
  return (
    <div class={`verdict ${verdict}`} role="status">
      <p>{verdict === 'wrong' ? texts.wrong(titles) : texts.verdicts[verdict]}</p>
      {[...pairs].map(([pair, [check]]) => (
        <p key={pair}>{texts.contradicts(names[check?.of[0] ?? 0] ?? '', names[check?.of[1] ?? 0] ?? '')}</p>
      ))}
    </div>
  )
}

function CheckRow({ check: { name, state, why } }: { check: Outcome }) {
  const { title, ...says } = checkTexts[name]
  return (
    <li class={state} data-check={name}>
      <i aria-hidden="true">{marks[state]}</i>
      <div>
        <b>
          {title} <span>{texts.states[state]}</span>
        </b>
        <small>{says[state]}</small>
        {state === 'failed' && why !== '' && (
          <small lang="en" class="why">
            {shortened(why, 200)}
          </small>
        )}
      </div>
    </li>
  )
}
