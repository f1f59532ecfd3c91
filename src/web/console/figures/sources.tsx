import { points } from '../../shared/time.ts'
import type { Figures } from './state.ts'
import { texts } from './texts.ts'

const words = texts.sources

/** Where points came from and what they were spent on. */
export function Sources({ points: { by_source, given, spent } }: Pick<Figures, 'points'>) {
  return (
    <section class="panel">
      <h2>{words.title}</h2>
      {by_source.length === 0 ? (
        <p class="hint">{words.none}</p>
      ) : (
        <table class="sheet-table">
          <thead>
            <tr>
              <th scope="col">{words.source}</th>
              <th scope="col">{words.given}</th>
              <th scope="col">{words.spent}</th>
            </tr>
          </thead>
          <tbody>
            {by_source.map((one) => (
              <tr key={one.source}>
                <th scope="row">{words.names[one.source]}</th>
                <td>{points(one.given)}</td>
                <td>{points(one.spent)}</td>
              </tr>
            ))}
          </tbody>
          <tfoot>
            <tr>
              <th scope="row">{words.sum}</th>
              <td>{points(given)}</td>
              <td>{points(spent)}</td>
            </tr>
          </tfoot>
        </table>
      )}
      {given > 0 && <p class="hint">{words.rate(`${Math.round((spent / given) * 100)}%`)}</p>}
    </section>
  )
}
