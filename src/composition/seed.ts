import { like } from 'drizzle-orm'
import { defaultPityPrizeId, defaultPrizes, sampleProducts } from '../../drizzle/seed.ts'
import { isDuplicateKey } from '../db/errors.ts'
import { addProduct } from '../exchange/add-product.ts'
import { productsTable, stockMovementsTable } from '../exchange/schema.ts'
import { changeWheel } from '../lottery/change-wheel.ts'
import { installWheel } from '../lottery/install-wheel.ts'
import { recordWheel } from '../lottery/record-wheel.ts'
import { systemActor } from '../staff/actor.ts'
import type { Services } from './services.ts'

/** Installs the default wheel where there is none. Returns whether it did. */
export async function seedWheel({ till, config, rules }: Services): Promise<boolean> {
  const { answer } = await till.run(installWheel, {
    prizes: defaultPrizes,
    pityPrizeId: defaultPityPrizeId,
    costPoints: config.LOTTERY_COST_POINTS,
    limits: rules.wheel.limits,
    actor: systemActor(),
  })
  return answer.installed
}

/** Brings in what was announced while no replica ran, and writes the wheel in force down where nobody has. */
export async function keepWheel({ till, rules }: Services): Promise<void> {
  await till.run(changeWheel, rules.wheel.limits)
  await till.run(recordWheel, rules.wheel.limits)
}

/**
 * Adds the sample products, each only once ever. Returns how many it added. The first stock movement of a sample has an
 * id that marks it. A catalogue with products but without such marks is the restaurant's own and gets no samples.
 */
export async function seedProducts({ till, database }: Services): Promise<number> {
  const marks = await database.orm
    .select({ mark: stockMovementsTable.related_id })
    .from(stockMovementsTable)
    .where(like(stockMovementsTable.related_id, 'SEED\\_%'))
  const seeded = new Set(marks.map(({ mark }) => mark))
  if (
    seeded.size === 0 &&
    (await database.orm.select({ id: productsTable.commodity_id }).from(productsTable).limit(1)).length > 0
  )
    return 0
  const actor = systemActor()
  let made = 0
  for (const [index, { fields, stock }] of sampleProducts.entries()) {
    const movementId = `SEED_${index + 1}`
    if (seeded.has(movementId)) continue
    try {
      await till.run(addProduct, { fields: { ...fields, sort_order: index + 1 }, stock, movementId, actor })
      made += 1
    } catch (error) {
      // Another process seeds at the same time and added this one first.
      if (!isDuplicateKey(error)) throw error
    }
  }
  return made
}
