import { expect, test } from 'bun:test'
import { randomBytes } from 'node:crypto'
import { openDatabase } from '../../src/db/client.ts'
import { createNearCopies } from '../../src/receipts/near-copies.ts'
import { signIn } from '../support/people.ts'
import { startProxy } from '../support/proxy.ts'
import { useService } from '../support/service.ts'
import { until } from '../support/sockets.ts'
import { newUpload } from '../support/uploads.ts'

const service = useService()

test('a look sees every upload that was filed before it, even while an earlier look is under way', async () => {
  const person = await signIn(service)
  const proxy = await startProxy(service.databaseUrl)
  const database = openDatabase({ address: { uri: proxy.url }, poolSize: 1 })
  const nearCopies = createNearCopies(database)
  const hash = randomBytes(32).toString('hex')
  const begin = () => nearCopies.searchFor({ hash, probes: [hash] }, 'UP_OWN')
  await database.query('SELECT 1')
  proxy.withhold()
  const early = begin().look()
  await until(() => proxy.withheld > 0)
  const copy = await newUpload(service, person, { image_phash: hash })
  const search = begin()
  const look = search.look()
  proxy.withhold(false)
  expect(await early).toEqual([])
  expect(await look).toEqual([copy])
  await database.close()
  proxy.stop()
})

test('a look names every upload that looks alike so far, the newest first', async () => {
  const person = await signIn(service)
  const hash = randomBytes(32).toString('hex')
  const nearCopies = createNearCopies(service.database)
  const search = nearCopies.searchFor({ hash, probes: [hash] }, 'UP_OWN')
  const looks = [await search.look()]
  const copy = await newUpload(service, person, { image_phash: hash })
  looks.push(await search.look(), await search.look())
  await newUpload(service, person, { image_phash: randomBytes(32).toString('hex') })
  const another = await newUpload(service, person, { image_phash: hash })
  looks.push(await search.look())
  expect(looks).toEqual([[], [copy], [copy], [another, copy]])
})
