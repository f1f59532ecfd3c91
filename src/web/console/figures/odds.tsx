import { exactTime, points } from '../../shared/time.ts'
import type { Odds } from './state.ts'
import { texts } from './texts.ts'

const words = texts.odds
type Version = Odds['versions'][number]
type Figures = Version['prizes'][number]

const unremarkable = 0.05
const rare = 0.001

/** What the wheel gave, beside the odds that were declared. */
export function OddsPanel({ odds }: { odds: Odds }) {
  return (
    <section class="panel odds-figures">
      <h2>{words.title}</h2>
      <p class="hint">{words.lead(points(odds.total_draws), points(odds.pity_draws))}</p>
      {odds.versions.map((version) => (
        <VersionFigures key={version.version} version={version} isInForce={version.version === odds.version} />
      ))}
      <h3>{words.standing}</h3>
      {odds.standing_out.length === 0 ? (
        <p class="hint">{words.none}</p>
      ) : (
        <ul>
          {odds.standing_out.map(({ user_id, draws, p_value }) => (
            <li key={user_id}>{words.standingRow(user_id, points(draws), writtenP(p_value))}</li>
          ))}
        </ul>
      )}
      <p class="hint">{words.standingHint}</p>
    </section>
  )
}

function VersionFigures({ version, isInForce }: { version: Version; isInForce: boolean }) {
  const { effective_from, p_value, prizes } = version
  const most = Math.max(...prizes.flatMap(({ declared, observed }) => [declared ?? 0, observed ?? 0]), 0.01)
  return (
    <details open={isInForce}>
      <summary>
        <b>{words.version(version.version)}</b>
        <small>
          {[isInForce && words.inForce, effective_from && words.since(exactTime(effective_from))]
            .filter(Boolean)
            .join(' · ')}
        </small>
      </summary>
      <p class={p_value !== null && p_value < rare ? 'flags' : 'hint'}>{verdict(p_value)}</p>
      <table class="sheet-table">
        <thead>
          <tr>
            <th scope="col">{words.prize}</th>
            <th scope="col">{words.draws}</th>
            <th scope="col">{words.declared}</th>
            <th scope="col">{words.observed}</th>
          </tr>
        </thead>
        <tbody>
          {prizes.map((prize) => (
            <PrizeRow key={prize.prize_id} prize={prize} most={most} />
          ))}
        </tbody>
      </table>
    </details>
  )
}

/** The bar shows what came, its mark what was declared; the longest of them is as long as the row. */
function PrizeRow({ prize, most }: { prize: Figures; most: number }) {
  const { prize_name, draws, declared, observed } = prize
  return (
    <tr>
      <th scope="row">
        {prize_name}
        <span class="bar" aria-hidden="true">
          <i style={{ width: `${((observed ?? 0) / most) * 100}%` }} />
          {declared !== null && <u style={{ left: `${(declared / most) * 100}%` }} />}
        </span>
      </th>
      <td>{points(draws)}</td>
      <td>{percent(declared)}</td>
      <td>{percent(observed)}</td>
    </tr>
  )
}

const percent = (part: number | null) => (part === null ? words.unknown : `${Number((part * 100).toFixed(2))}%`)

function verdict(p: number | null): string {
  if (p === null) return words.early
  if (p >= unremarkable) return words.fits(writtenP(p))
  return p >= rare ? words.doubtful(writtenP(p)) : words.off(writtenP(p))
}

/** Below this there is nothing to tell apart. */
const least = 1e-9

function writtenP(p: number): string {
  if (p < least) return words.below(least.toExponential())
  return words.exactly(p < rare ? p.toExponential(1) : p.toFixed(3))
}
