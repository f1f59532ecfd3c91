import type { Document, Draw, Proof } from '../../verifier/documents.ts'
import { shortened } from '../shared/checks.tsx'
import { texts } from './texts.ts'

const { facts } = texts
const mostTurns = 10
const exact = new Intl.DateTimeFormat('zh-CN', { dateStyle: 'medium', timeStyle: 'medium' })

/** What a document says, before anything of it is believed: each value may be anything. */
export function Facts({ document }: { document: Document }) {
  if (typeof document === 'string') {
    const [origin, size, root] = document.split('\n')
    return (
      <Listed
        rows={[
          [facts.origin, origin],
          [facts.size, size],
          [facts.root, root],
        ]}
      />
    )
  }
  const draw = (document?.kind === 'proof' ? document.draw : document) as Partial<Draw> | null
  const rows: Row[] = [
    [facts.at, timeOf(draw?.at_ms)],
    [facts.epoch, draw?.epoch],
    [facts.seed, draw?.client_seed === '' ? facts.noSeed : draw?.client_seed],
    [facts.origin, document?.origin],
    [facts.key, document?.key],
  ]
  return (
    <>
      <Listed rows={rows} />
      <p class="hint">{facts.keyHint}</p>
      <ul class="turns" aria-label={facts.turns}>
        {turnsOf(document, draw).map((turn) => (
          <li key={turn}>{turn}</li>
        ))}
      </ul>
    </>
  )
}

type Row = readonly [name: string, value: unknown]

function Listed({ rows }: { rows: readonly Row[] }) {
  return (
    <dl class="facts">
      {rows.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{shortened(value, 160)}</dd>
        </div>
      ))}
    </dl>
  )
}

function timeOf(at_ms: unknown): string | undefined {
  const isTime = typeof at_ms === 'number' && Math.abs(at_ms) < 8.64e15
  return isTime ? exact.format(at_ms) : undefined
}

function turnsOf(document: Document, draw: Partial<Draw> | null): string[] {
  if (!Array.isArray(draw?.turns)) return []
  const names = prizeNames(document)
  return draw.turns.slice(0, mostTurns).map((turn) => {
    const id = shortened(turn?.prize_id)
    return facts.turn(shortened(turn?.draw_no), names.get(id) ?? facts.prize(id))
  })
}

function prizeNames(document: Document): Map<string, string> {
  const { wheels } = document as Partial<Proof>
  const prizes = Array.isArray(wheels) ? wheels.flatMap((wheel) => wheel?.prizes ?? []) : []
  return new Map(prizes.map((prize) => [shortened(prize?.prize_id), shortened(prize?.prize_name)]))
}
