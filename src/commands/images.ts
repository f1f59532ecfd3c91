import type { Services } from '../composition/services.ts'
import { mostAtOnce } from '../lib/most-at-once.ts'
import { OperatorError } from '../lib/operator-error.ts'
import { bringBack, listQuarantine } from '../receipts/quarantine.ts'
import { survey, sweepImages } from '../receipts/sweep.ts'
import { systemActor } from '../staff/actor.ts'
import { recordDeed } from '../staff/audit.ts'
import { areOne, join, readMarks } from '../storage/installation.ts'
import type { Command } from './command.ts'
import { UsageError } from './usage.ts'
import { doWork, type Work } from './work.ts'

/** How many images the audit log names of one command. */
const mostNamed = 100

/** Shows the images that no row knows. Puts them away, brings them back or adopts the store, on an operator's order. */
export const imagesCommand: Command = async (context) => doWork(context, workOf(context.args))

function workOf([verb, value, ...rest]: string[]): Work {
  const isAlone = value === undefined
  if (rest.length === 0) {
    if (verb === undefined) return show
    if (verb === 'adopt' && isAlone) return adopt
    if (verb === 'restore') return restore(value)
    if (verb === 'sweep' && /^\d{1,7}$/.test(value ?? '')) return sweep(Number(value))
  }
  throw new UsageError('images takes no arguments, or: sweep and a number; restore and perhaps a name; adopt.')
}

const show: Work = async ({ database, store, now }, print) => {
  const marks = await readMarks(database, store)
  const { images, known, unknown } = await survey(database, store, now())
  const putAway = await Array.fromAsync(listQuarantine(database, store))
  const one = areOne(marks) ? 'They belong together.' : 'They are not known to belong together: nothing is put away.'
  print(`Database: ${marks.database ?? 'no mark'}; image store: ${marks.store ?? 'no mark'}. ${one}`)
  print(
    `${images} images, ${known} of them known, ${unknown.length} unknown; ${mostAtOnce(images)} are put away at once.`,
  )
  for (const key of unknown) print(`unknown      ${key}`)
  for (const { key, keptAt } of putAway) print(`quarantine   ${key} since ${keptAt.toISOString()}`)
}

const adopt: Work = async (services, print) => {
  await join(services.database, services.store)
  await keep(services, 'images.adopt')
  print('The image store belongs to this database now.')
}

function sweep(most: number): Work {
  return async (services, print) => {
    const { database, store, now } = services
    const done = await sweepImages(database, store, { now: now(), most })
    await keep(services, 'images.sweep', done)
    print(`${done.putAway} put away, ${done.broughtBack} brought back, ${done.removed} removed after their week.`)
  }
}

/** What was done to the store stands in the audit log. */
async function keep({ till }: Services, action: string, details = {}): Promise<void> {
  await till.run(recordDeed, { actor: systemActor(), deed: { action, target: 'images', details } })
}

/** Brings back the whole quarantine, or the one image `name`. Images that still no row knows go back after an hour. */
function restore(name: string | undefined): Work {
  return async (services, print) => {
    const { database, store } = services
    const found = await Array.fromAsync(listQuarantine(database, store))
    const wanted = found.filter(({ key }) => name === undefined || key === name)
    if (name !== undefined && wanted.length === 0) throw new OperatorError(`The quarantine has no image ${name}.`)
    for (const { key } of wanted) await bringBack(store, key)
    await keep(services, 'images.restore', {
      keys: wanted.slice(0, mostNamed).map(({ key }) => key),
      count: wanted.length,
    })
    const unknown = wanted.filter(({ isKnown }) => !isKnown).length
    print(`${wanted.length} brought back.`)
    if (unknown > 0)
      print(`No row knows ${unknown} of them: they are put away again in an hour, unless their rows come.`)
  }
}
