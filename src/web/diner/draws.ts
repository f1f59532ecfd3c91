import { effect, signal } from '@preact/signals'
import { call, Unanswered } from '../shared/api.ts'
import type { Answer, Sent } from '../shared/calls.ts'
import { line } from '../shared/live.ts'
import { askOnce, unheard } from '../shared/once.ts'
import { complain } from '../shared/parts.tsx'
import { me, userId } from '../shared/tokens.ts'
import { keepReceipt } from './kept-receipts.ts'
import { type Turn, wheelMotion } from './motion.ts'
import { balance, heldBalance, toldBalance, wheel } from './state.ts'

type Drawn = Answer<'POST /lottery/draw'>
export type Result = Drawn['results'][number]
type Body = Sent<'POST /lottery/draw'>['body']
type DrawType = Body['draw_type']

export const isDrawing = signal(false)
/** The turns whose results may be seen, of the draw that is shown. */
export const shownResults = signal<readonly Result[]>([])
/** How many turns the draw has that is shown. */
export const turnCount = signal(0)
/** Whether all results of the draw are listed. */
export const areResultsOpen = signal(false)
/** A draw whose answer was lost: it is asked for again with its own key. */
export const isUnheard = signal(false)

const firstTurn_ms = 4_200
const nextTurn_ms = 1_300
const pause_ms = 350
const halfSector = 22.5
let isSkipping = false

/** Draws, or asks again for the draw whose answer was lost. A second tap meanwhile does nothing. */
export async function draw(type: DrawType): Promise<void> {
  if (isDrawing.value) return
  isDrawing.value = true
  isSkipping = false
  const cost = wheel.value.value?.draw_types.find((offer) => offer.type === type)?.cost ?? 0
  if (balance.value !== null) heldBalance.value = Math.max(0, balance.value - cost)
  shownResults.value = []
  turnCount.value = 0
  try {
    const drawn = await askOnce(me(), 'draw', { draw_type: type } satisfies Body, ({ key, body }) =>
      call('POST /lottery/draw', { body, key }),
    )
    isUnheard.value = false
    if (drawn.receipt) keepReceipt(me(), drawn.receipt)
    await play(drawn)
    areResultsOpen.value = drawn.count > 1
    toldBalance(drawn.remaining_points)
  } catch (error) {
    isUnheard.value = error instanceof Unanswered
    complain(error)
  } finally {
    heldBalance.value = null
    isDrawing.value = false
    void wheel.load()
  }
}

/** Asks what became of the draw whose answer was lost. */
export function hearDraw(): void {
  const asked = unheard<Body>(me(), 'draw')
  isUnheard.value = asked !== null
  if (asked) void draw(asked.body.draw_type)
}

export function skipTurns(): void {
  isSkipping = true
  wheelMotion.skip()
}

async function play(drawn: Drawn): Promise<void> {
  turnCount.value = drawn.count
  for (const result of drawn.results) {
    const duration_ms = result.draw_sequence === 1 ? firstTurn_ms : nextTurn_ms
    const turned = wheelMotion.turnTo({ angle: result.angle, aside: asideOf(drawn, result), duration_ms })
    if (isSkipping) wheelMotion.skip()
    await turned
    shownResults.value = [...shownResults.value, result]
    if (!isSkipping && drawn.count > 1) await new Promise((resolve) => setTimeout(resolve, pause_ms))
  }
}

/** Where in its sector a turn stops: beside the big prize when it nearly was that, else somewhere around the middle. */
function asideOf({ draw_id }: Drawn, { angle, is_near_miss, draw_sequence }: Result): Turn['aside'] {
  const big = wheel.value.value?.prizes.find((prize) => prize.is_activity)
  if (is_near_miss && big) {
    const away = (big.angle - angle + 360) % 360
    if (away === 45) return halfSector - 2
    if (away === 315) return 2 - halfSector
  }
  const letter = draw_id.charCodeAt(draw_id.length - 1 - (draw_sequence % 8)) || 0
  return ((letter * 7) % 25) - 12
}

/** Hears lost draws as soon as the service is there again, and offers those of an earlier visit. */
export function startDraws(): void {
  let wasAway = false
  effect(() => {
    if (line.value === 'away') wasAway = true
    if (line.value === 'live' && wasAway && isUnheard.peek() && !isDrawing.peek()) {
      wasAway = false
      hearDraw()
    }
  })
  userId.subscribe((user) => {
    isUnheard.value = user !== undefined && unheard(user, 'draw') !== null
    shownResults.value = []
  })
}
