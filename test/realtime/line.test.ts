import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import type { Push } from '../../src/contract/messages.ts'
import { withoutPassingStocks } from '../../src/realtime/hub.ts'
import { Line, type LineItem, lineItems } from '../../src/realtime/line.ts'

const timestamp = '2026-01-01T00:00:00.000Z'

function points(seq: number): Push {
  const data = { user_id: 1, total_points: seq, change_points: 1, reason: 'x', reason_code: 'admin', timestamp }
  return { to: { user_id: 1 }, type: 'points_update', ledger_seq: seq, data }
}

function review(upload_id: string): Push {
  const data = { upload_id, status: 'approved', points_awarded: 1, review_reason: 'x', timestamp } as const
  return { to: { user_id: 1 }, type: 'review_result', data }
}

function stock(product_id: number, left: number): Push {
  const data = { product_id, stock: left, product_name: 'x', operation: 'purchase', timestamp } as const
  return { to: 'everyone', type: 'stock_update', data }
}

const named = (push: Push) =>
  push.type === 'points_update' ? push.ledger_seq : push.type === 'review_result' ? push.data.upload_id : push.type

/** A line that waits `patience_ms` at a gap, and the items that it delivered. */
function lineFrom(seq: number | undefined, patience_ms = 20) {
  const delivered: unknown[] = []
  const line = new Line(
    ({ pushes }: LineItem) => delivered.push(...pushes.map(named)),
    () => patience_ms,
  )
  if (seq !== undefined) line.startAfter(seq)
  const take = (...pushes: Push[]) => {
    for (const item of lineItems(pushes)) line.take(item)
  }
  return { line, delivered, take }
}

describe('one user’s line', () => {
  test('pushes are delivered in the order of the ledger, each once, in whatever order they arrive', () => {
    const orders = fc.shuffledSubarray([...Array(12).keys()], { minLength: 12 })
    fc.assert(
      fc.property(orders, (order) => {
        const { delivered, take, line } = lineFrom(0)
        for (const i of order) take(review(`r${i}`), points(i + 1))
        line.close()
        expect(delivered).toEqual([...Array(12).keys()].flatMap((i) => [`r${i}`, i + 1]))
      }),
    )
  })

  test('nothing is delivered before the client has the balance, and then only pushes after that balance', () => {
    const { delivered, take, line } = lineFrom(undefined)
    take(points(7))
    take(points(5))
    take(points(6))
    expect(delivered).toEqual([])
    line.startAfter(5)
    expect(delivered).toEqual([6, 7])
  })

  test('the line waits only a moment for a push that never arrives', async () => {
    const { delivered, take } = lineFrom(0)
    take(points(3))
    take(points(4))
    expect(delivered).toEqual([])
    await Bun.sleep(60)
    expect(delivered).toEqual([3, 4])
  })

  test('a late balance is dropped after a newer one, and the pushes that came with it are delivered', async () => {
    const { delivered, take } = lineFrom(0)
    take(points(2))
    await Bun.sleep(60)
    take(review('late'), points(1))
    expect(delivered).toEqual([2, 'late'])
  })

  test('a push without points waits behind the pushes that are held at a gap', async () => {
    const { delivered, take } = lineFrom(0)
    take(points(2))
    take(review('after'))
    expect(delivered).toEqual([])
    take(points(1))
    expect(delivered).toEqual([1, 2, 'after'])
  })
})

test('one commit announces only the last stock of each product, at its place in the order', () => {
  const pushes = [stock(1, 9), points(1), stock(2, 4), stock(1, 8), points(2)]
  expect(withoutPassingStocks(pushes)).toEqual([points(1), stock(2, 4), stock(1, 8), points(2)])
})
