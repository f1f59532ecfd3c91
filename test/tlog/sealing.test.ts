import { afterAll, beforeEach, describe, expect, test } from 'bun:test'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { logCommand } from '../../src/commands/log.ts'
import { unwatched } from '../../src/lib/progress.ts'
import { unpackLeaves } from '../../src/till/log-entry.ts'
import { makeSignerKey, signerOf } from '../../src/tlog/format/notes.ts'
import { rootOf } from '../../src/tlog/format/tree.ts'
import { createLog, LogHalted, type TransparencyLog } from '../../src/tlog/log.ts'
import { restartLog } from '../../src/tlog/restart.ts'
import { keyOf, openCheckpoint as openAsAnyone } from '../../src/verifier/log.ts'
import { commitEntries, rootOfEntries } from '../support/entries.ts'
import { testConfig, useService } from '../support/service.ts'

const key = makeSignerKey('points.example.com/log')
const signer = signerOf(key)
const service = useService({ LOG_KEY: key })
/** The log as a replica has it that has just started. */
const another = (ofKey = key) => createLog({ ...service.services, signer: signerOf(ofKey) })
let current: TransparencyLog
beforeEach(() => {
  current = another()
})
const log = () => current
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')

const commit = (count: number) => commitEntries(service, count)
const rootByEntries = () => rootOfEntries(service)

const published = async () => {
  const answer = await fetch(`${service.url}/tlog/checkpoint`)
  expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([200, '*'])
  return answer.text()
}

describe('sealing', () => {
  test('each commit gets its place once, and anyone can check the checkpoint of all', async () => {
    await commit(3)
    const pending = await service.database.query('SELECT 1 FROM log_entries')
    expect(await log().seal()).toBe(pending.length)
    expect(await log().seal()).toBe(0)
    const { size, root } = await rootByEntries()
    expect(size).toBe(pending.length)
    await Bun.sleep(600)
    expect(openAsAnyone(await published(), keyOf(signer.verifierKey))).toEqual({ origin: signer.name, size, root })
  })

  test('two sealers at once never make two trees of one size', async () => {
    const others = [another(), another(), log()]
    for (let round = 0; round < 5; round += 1) {
      await commit(40)
      await Promise.all(others.map((one) => one.seal()))
      const { size, root } = await rootByEntries()
      const state = await log().state()
      expect([state.size, hex(state.root)]).toEqual([size, root])
    }
  })

  test('what is sealed of a long backlog is published while the rest still waits', async () => {
    await commit(12_000)
    const sizes = new Set<number>()
    const sealing = log().seal()
    while ((await Promise.race([sealing, Bun.sleep(5)])) === undefined) {
      const note = await service.services.store.get(`tlog/${signer.keyId.toString('hex')}-checkpoint.note`)
      sizes.add(Number(new TextDecoder().decode(note).split('\n')[1]))
    }
    const { size } = await rootByEntries()
    expect(size).toBeGreaterThan(12_000)
    expect([...sizes].filter((seen) => seen > 1_000 && seen < size).length).toBeGreaterThan(0)
  })

  test('a commit that comes late with a lower id is simply next', async () => {
    await commit(5)
    const [lowest] = await service.database.query<{ id: number }>('SELECT MIN(entry_id) AS id FROM log_entries')
    await log().seal()
    const values = [(lowest?.id ?? 2) - 1, 1, Buffer.alloc(32, 9), Buffer.alloc(0), new Date()]
    await service.database.query(
      'INSERT INTO log_entries (entry_id, leaf_count, root, leaves, created_at) VALUES (?)',
      [values],
    )
    const before = await rootByEntries()
    await log().seal()
    expect((await rootByEntries()).size).toBe(before.size + 1)
  })
})

describe('tiles', () => {
  const tile = async (path: string) => {
    const answer = await fetch(`${service.url}/tlog/tile/${path}`)
    return { status: answer.status, bytes: new Uint8Array(await answer.arrayBuffer()), headers: answer.headers }
  }

  test('full tiles are kept in the store, and those that still grow come from the database', async () => {
    await commit(700)
    await log().seal()
    const { size } = await rootByEntries()
    const width = size - 512
    const [full, partial, above] = [await tile('0/001'), await tile(`0/002.p/${width}`), await tile('1/000.p/2')]
    expect([full.status, full.bytes.length]).toEqual([200, 256 * 32])
    expect([partial.status, partial.bytes.length]).toEqual([200, width * 32])
    expect([above.status, above.bytes.length]).toEqual([200, 2 * 32])
    expect(full.headers.get('cache-control')).toContain('immutable')
    expect((await tile('entries/000')).bytes.length).toBe(256 * (2 + 'rp-entry/1'.length + 2 + 4 + 2 + 32))
    const hashes = Array.from({ length: 256 }, (_, at) => full.bytes.slice(32 * at, 32 * (at + 1)))
    expect(hex(rootOf(hashes))).toBe(hex(above.bytes.slice(32)))
    await service.database.query('DELETE FROM log_entries WHERE log_index < 512')
    expect((await tile('0/001')).bytes).toEqual(full.bytes)
    await service.database.query('DELETE FROM log_entries')
  })

  test('while the store is away, tiles and checkpoint are 503, so that nobody takes a refusal for them', async () => {
    const folder = join(service.dataDir, 'images')
    rmSync(folder, { recursive: true, force: true })
    writeFileSync(folder, '')
    for (const path of ['tile/0/000', 'checkpoint']) {
      const { status, headers } = await fetch(`${service.url}/tlog/${path}`)
      const seen = ['cache-control', 'retry-after', 'x-api-code'].map((name) => headers.get(name))
      expect([path, status, ...seen]).toEqual([path, 503, 'no-store', '1', '9007'])
    }
  })

  test('a tile that the log does not have, and a path that is none, are not found', async () => {
    await log().seal()
    for (const path of ['0/000', '0/999', '5/000', 'entries/000', '0/0', '0/000.p/256', '0/x/y/z'])
      expect([path, (await tile(path)).status]).toEqual([path, 404])
  })
})

describe('a database that was set back', () => {
  const setBack = async (sql: string) => {
    await service.database.query(`UPDATE log_head SET size = 0, frontier = ''`)
    await service.database.query(sql)
  }

  test('sealing stops at once, for every replica, when the database has less than was published', async () => {
    await commit(10)
    await log().seal()
    await setBack('DELETE FROM log_entries')
    await expect(log().seal()).rejects.toThrow(LogHalted)
    await Bun.sleep(0)
    await expect(another().seal()).rejects.toThrow(LogHalted)
    expect((await log().state()).halted).toBe('contradicted')
  })

  test('a replica that starts later finds out too, although the database has grown since', async () => {
    await commit(10)
    await log().seal()
    await setBack('DELETE FROM log_entries')
    await commit(30)
    await expect(another().seal()).rejects.toThrow(LogHalted)
  })

  test('a replica that only looks on stops the log when it sees it become shorter', async () => {
    await commit(10)
    await log().seal()
    const onlooker = another()
    await onlooker.check()
    expect(onlooker.known()?.size).toBe((await log().state()).size)
    await setBack('DELETE FROM log_entries')
    await expect(onlooker.check()).rejects.toThrow('contradicted')
    await Bun.sleep(0)
    await expect(another().check()).rejects.toThrow('contradicted')
  })

  test('a replica that starts knows before its first request', async () => {
    await commit(10)
    await log().seal()
    await another().check()
    await setBack('DELETE FROM log_entries')
    await expect(another().check()).rejects.toThrow('contradicted')
  })

  test('entries that were rewritten while the service runs stop the log, and are never signed', async () => {
    await commit(300)
    await log().seal()
    await Bun.sleep(600)
    const before = await published()
    await service.database.query('UPDATE log_entries SET root = UNHEX(SHA2(1, 256)) WHERE log_index = 290')
    await commit(1)
    await expect(log().seal()).rejects.toThrow('contradicted')
    await Bun.sleep(600)
    expect(await published()).toBe(before)
  })

  test('a checkpoint that a late sealer put back is published again', async () => {
    await commit(10)
    await log().seal()
    const key = `tlog/${signer.keyId.toString('hex')}-checkpoint.note`
    const late = (await service.services.store.get(key)) as Uint8Array
    await commit(10)
    await log().seal()
    const newest = await service.services.store.get(key)
    await service.services.store.put(key, late)
    await log().seal()
    expect(await service.services.store.get(key)).toEqual(newest as Uint8Array<ArrayBuffer>)
  })

  test('a key that is not the log’s seals nothing', async () => {
    await commit(1)
    await log().seal()
    await commit(1)
    await expect(another(makeSignerKey('points.example.com/log')).seal()).rejects.toThrow('another key')
  })
})

test('after a restore the log begins anew with a new key, and its first entry holds the old head', async () => {
  await commit(300)
  await log().seal()
  const old = await log().state()
  await service.database.query('DELETE FROM log_entries ORDER BY entry_id DESC LIMIT 20')
  await service.database.query(`UPDATE log_head SET size = 1`)
  await expect(log().seal()).rejects.toThrow(LogHalted)
  const before = (await service.database.query('SELECT 1 FROM log_entries')).length
  const newKey = makeSignerKey('points.example.com/log-2')
  await restartLog(service.services, signerOf(newKey).verifierKey)
  const fresh = another(newKey)
  expect(await fresh.seal()).toBe(before + 1)
  const { size, root } = await rootByEntries()
  const state = await fresh.state()
  expect([state.size, hex(state.root), state.halted]).toEqual([size, root, null])
  const [first] = await service.database.query<{ leaves: Buffer }>('SELECT leaves FROM log_entries WHERE log_index = 0')
  expect(unpackLeaves(first?.leaves ?? Buffer.alloc(0)).map(({ label }) => label)).toEqual(['old head'])
  expect(old.size).toBeGreaterThan(300)
})

test('after a log was begun anew, a replica that still has the old key seals nothing and stops nobody', async () => {
  await commit(3)
  await log().seal()
  const newKey = makeSignerKey('points.example.com/log-2')
  await restartLog(service.services, signerOf(newKey).verifierKey)
  await expect(log().seal()).rejects.toThrow('another key')
  await Bun.sleep(0)
  const fresh = another(newKey)
  await fresh.seal()
  expect((await fresh.state()).halted).toBe(null)
})

test('the command restart tells and writes down the head of the old log', async () => {
  await commit(3)
  await log().seal()
  const { size, root } = await log().state()
  const newKey = makeSignerKey('points.example.com/log-2')
  const config = testConfig(service.databaseUrl, { DATA_DIR: service.dataDir, LOG_KEY: newKey })
  const lines: string[] = []
  await logCommand({ args: ['restart'], config, print: (line) => lines.push(line), progress: unwatched })
  expect(lines).toContain(`A new log begins. The old one had ${size} entries.`)
  const deeds = await service.database.query("SELECT details FROM audit_log WHERE action = 'log.restart'")
  expect(deeds).toEqual([{ details: { size, root: hex(root), old: signer.verifierKey } }])
})

describe('the command log', () => {
  const dir = mkdtempSync(join(tmpdir(), 'restaurant-points-key-'))
  afterAll(() => rmSync(dir, { recursive: true, force: true }))
  const config = testConfig('mysql://u:p@localhost/d')
  const run = async (...args: string[]) => {
    const lines: string[] = []
    await logCommand({ args, config, print: (line) => lines.push(line), progress: unwatched })
    return lines
  }

  test('a new key is written for its owner alone, and never over another', async () => {
    const file = join(dir, 'key')
    const [known] = await run('key', 'points.example.com/log', file)
    expect(statSync(file).mode & 0o777).toBe(0o600)
    const made = readFileSync(file, 'utf8')
    expect(signerOf(made.trim()).verifierKey).toBe(known ?? '')
    await expect(run('key', 'points.example.com/log', file)).rejects.toThrow('is there already')
    expect(readFileSync(file, 'utf8')).toBe(made)
    await expect(run('key', 'a b', join(dir, 'other'))).rejects.toThrow('no blanks')
  })
})
