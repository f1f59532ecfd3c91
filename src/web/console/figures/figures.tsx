import { useEffect } from 'preact/hooks'
import { hear } from '../../shared/live.ts'
import { Failed, Skeleton } from '../../shared/parts.tsx'
import { Choices } from '../choices.tsx'
import { useFresh } from '../fresh.ts'
import { may } from '../standing.ts'
import { Charts } from './charts.tsx'
import { OddsPanel } from './odds.tsx'
import { Own } from './own.tsx'
import { Sources } from './sources.tsx'
import { figures, loadAll, odds, period, statistics } from './state.ts'
import { texts } from './texts.ts'
import { Today } from './today.tsx'

/** After the first of many pushes the figures are loaded once. */
const gather_ms = 1_500

export const Figures = () => (may('statistics') ? <ShopFigures /> : <Own />)

/** How the restaurant does: today, the last days, and whether the wheel keeps its word. */
function ShopFigures() {
  useFresh(loadAll)
  useEffect(() => void loadAll(), [period.value])
  useEffect(followPushes, [])
  const [shown, days, wheel] = [figures.value.value, statistics.value.value, odds.value.value]
  const error = figures.error.value ?? statistics.error.value
  if (!shown || !days) return error ? <Failed error={error} onRetry={loadAll} /> : <Skeleton rows={3} tall />
  return (
    <>
      <Today figures={shown} pending={days.pending} />
      <Choices name={texts.period} filter="period" choices={texts.periods} />
      <div class="charts">
        <Charts figures={shown} statistics={days} />
        <Sources points={shown.points} />
      </div>
      {wheel ? (
        <OddsPanel odds={wheel} />
      ) : odds.error.value ? (
        <Failed error={odds.error.value} onRetry={odds.load} />
      ) : (
        // A key of its own, or the skeleton of the whole screen would move here.
        <Skeleton key="odds" rows={1} tall />
      )}
    </>
  )
}

/** What staff are told of at once moves some of the figures. */
function followPushes(): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined
  const later = () => {
    timer ??= setTimeout(() => {
      timer = undefined
      void loadAll()
    }, gather_ms)
  }
  const ends = [hear('merchant_notification', later), hear('stock_update', later)]
  return () => {
    clearTimeout(timer)
    for (const end of ends) end()
  }
}
