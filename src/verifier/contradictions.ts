import { sha256, toHex } from './bytes.ts'
import { type Check, type Group, must } from './check.ts'
import type { Document, Draw, Proof, Receipt } from './documents.ts'
import { turnLeaves } from './draws.ts'
import { readCheckpoint, type TreeHead } from './log.ts'
import { headOf as headOfProof } from './proof.ts'

/** Checks that hold each two documents against each other. */
export function contradictionsOf(documents: readonly Document[]): readonly Group[] {
  return documents.flatMap((left, at) =>
    documents.slice(at + 1).map((right, after) => ({ of: [at, at + 1 + after], checks: pairChecks(left, right) })),
  )
}

function pairChecks(left: Document, right: Document): readonly Check[] {
  const checks: Check[] = [['one log', () => requireOneLog(left, right)]]
  if (typeof left === 'string' || typeof right === 'string') return checks
  return [
    ...checks,
    ['one key', () => must(left.key === right.key || isBegunAnew(left, right), 'two keys sign for one log')],
    ['one draw', () => requireOneDraw(drawOf(left), drawOf(right))],
    ['one stock', () => requireOneStock(drawOf(left), drawOf(right))],
    ['one commitment', () => requireOne('commitment', left, right)],
    ['one wheel', () => requireOne('wheel_hash', left, right)],
  ]
}

function drawOf(document: Receipt | Proof): Draw {
  return document.kind === 'proof' ? document.draw : document
}

/**
 * Whether two documents tell of one draw in two logs. After a backup was restored a new log begins, with all draws that
 * the backup had.
 */
export function isBegunAnew(left: Document, right: Document): boolean {
  if (typeof left === 'string' || typeof right === 'string' || left?.origin === right?.origin) return false
  return drawOf(left)?.draw_id === drawOf(right)?.draw_id
}

/** Two trees of one size have one root. */
function requireOneLog(left: Document, right: Document): undefined {
  if (isBegunAnew(left, right)) return
  const [one, other] = [headOf(left), headOf(right)]
  if (!one || !other) return
  must(one.origin === other.origin, 'the documents are of different logs')
  must(one.size !== other.size || one.root === other.root, `two logs of ${one.size} entries, with different roots`)
}

function headOf(document: Document): TreeHead | undefined {
  if (typeof document === 'string') return readCheckpoint(document)
  if (document.kind === 'proof') return headOfProof(document)
  return document.checkpoint ? { origin: document.origin, ...document.checkpoint } : undefined
}

/** A diner's turn of one number, and a draw of one id, are one. */
function requireOneDraw(left: Draw, right: Draw): undefined {
  const leavesOf = (draw: Draw) => turnLeaves(draw).map((leaf) => toHex(sha256(leaf)))
  if (left.draw_id === right.draw_id)
    must(leavesOf(left).join() === leavesOf(right).join(), `draw ${left.draw_id} is told in two ways`)
  else if (left.user_id === right.user_id) {
    const numbers = new Set(left.turns.map(({ draw_no }) => draw_no))
    for (const { draw_no } of right.turns) must(!numbers.has(draw_no), `turn ${draw_no} is there twice`)
  }
}

/** After one step of a prize's stock comes one other: whoever names the same step found the same, and one took a piece. */
function requireOneStock(left: Draw, right: Draw): undefined {
  if (left.draw_id === right.draw_id) return
  for (const { stock_leaf, stock_before } of left.turns) {
    const other = right.turns.find((turn) => stock_leaf !== null && turn.stock_leaf === stock_leaf)
    must(!other || (other.stock_before === stock_before && stock_before === 0), 'a piece of a prize was taken twice')
  }
}

/** An epoch has one commitment and, once somebody has drawn in it, one wheel. */
function requireOne(field: 'commitment' | 'wheel_hash', left: Receipt | Proof, right: Receipt | Proof): undefined {
  const epochOf = (document: Receipt | Proof) => (document.kind === 'proof' ? document.epoch : document)
  const [one, other] = [epochOf(left), epochOf(right)]
  if (one.chain_id !== other.chain_id || one.epoch !== other.epoch) return
  must(one[field] === other[field], `epoch ${one.epoch} is told in two ways`)
}
