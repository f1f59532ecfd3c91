import { describe, expect, test } from 'bun:test'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { seedChainOf } from '../../src/fairness/chain.ts'
import type { Document, Draw } from '../../src/verifier/documents.ts'
import { findings } from '../support/axe.ts'
import { createFairWorld } from '../support/fair-world.ts'
import { deskScreen, type Page, usePages } from '../support/pages.ts'
import { useService } from '../support/service.ts'

const service = useService()
const pages = usePages()

/** With this seed the first of the ten turns is won by its roll, and two later ones take a piece of the limited prize. */
const seedLine = `rp-chain-1:${'0'.repeat(16)}:20795:${'F'.repeat(42)}A`
const world = createFairWorld(undefined, seedChainOf(seedLine))
const [earlier, last] = drawTwice('mine')
const receipt = world.receipt(last)
const proof = world.proof(last, [earlier])

function drawTwice(seed: string): [Draw, Draw] {
  const first = world.take(7, 5, 'first', [])
  return [first, world.take(7, 10, seed, [first])]
}

const open = async (options = {}) => {
  const page = await (await pages.open(options)).newPage()
  await page.goto(`${service.url}/verify`)
  await page.getByRole('heading', { name: '核对一次抽奖' }).waitFor()
  return page
}
const file = (name: string, content: unknown) => ({
  name,
  mimeType: 'application/json',
  buffer: Buffer.from(typeof content === 'string' ? content : JSON.stringify(content)),
})
const choose = (page: Page, ...contents: unknown[]) =>
  page.getByLabel('选文件').setInputFiles(contents.map((content, at) => file(`${at}.json`, content)))
/** Chooses documents, and waits until they are checked. */
const put = async (page: Page, ...documents: unknown[]) => {
  const shown = page.locator('.given-documents article')
  const before = await shown.count()
  await choose(page, ...documents)
  await shown.nth(before + documents.length - 1).waitFor()
}
const verdict = (page: Page) => page.locator('.report .verdict p').first().textContent()
const named = async (page: Page, state: string) =>
  page.locator(`.checks > .${state}`).evaluateAll((rows) => rows.map((row) => row.getAttribute('data-check')))
const refusal = (page: Page) => page.getByRole('alert').textContent()

test('the page is one file whose policy names its own script and style and allows nothing else', async () => {
  const response = await fetch(`${service.url}/verify`)
  const text = await response.text()
  const policy = response.headers.get('Content-Security-Policy') ?? ''
  expect(policy).toMatch(/^default-src 'none'; script-src 'sha256-[^' ]+'; style-src 'sha256-[^' ]+'; img-src data:;/)
  expect(policy).not.toMatch(/unsafe|connect-src|https?:/)
  const inFile = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(text)?.[1]
  expect(`${inFile}; frame-ancestors 'none'`).toBe(policy)
  for (const [, element = '', source = ''] of text.matchAll(/<(script|style)>(.*?)<\/\1>/gs)) {
    const hash = new Bun.CryptoHasher('sha256').update(source).digest('base64')
    expect(policy).toContain(`${element}-src 'sha256-${hash}'`)
  }
  expect([...text.matchAll(/<(?:script|link|img)[^>]*(?:src|href)="([^"]+)"/g)].map(([, link]) => link)).toEqual([
    'data:,',
  ])
  expect(Bun.gzipSync(text).length).toBeLessThan(60_000)
  const etag = response.headers.get('ETag') ?? ''
  const again = await fetch(`${service.url}/verify`, { headers: { 'If-None-Match': etag } })
  expect([response.headers.get('Cache-Control'), again.status]).toEqual(['no-cache', 304])
})

test('the page that somebody saved checks a receipt and its proof from a disk, without a network', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'verify-page-'))
  const context = await pages.open()
  const page = await context.newPage()
  await page.goto(`${service.url}/verify`)
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: '保存这个页面' }).click(),
  ])
  const path = join(folder, download.suggestedFilename())
  await download.saveAs(path)
  expect(readFileSync(path, 'utf8')).toBe(await (await fetch(`${service.url}/verify`)).text())
  await context.setOffline(true)
  const saved = await context.newPage()
  await saved.goto(`file://${path}`)
  await put(saved, receipt, { code: 0, msg: 'ok', data: { proof } })
  expect(await verdict(saved)).toBe('每一项都对：这次抽奖没有被动过手脚')
  expect(await named(saved, 'failed')).toEqual([])
  expect(await named(saved, 'pending')).toEqual([])
  expect((await named(saved, 'passed')).length).toBeGreaterThan(18)
  expect(await saved.getByRole('link', { name: '保存这个页面' }).count()).toBe(0)
  rmSync(folder, { recursive: true })
})

test('the page tells how long a proof took', async () => {
  const page = await open()
  const took: number[] = []
  for (let round = 0; round < 5; round += 1) {
    await put(page, proof)
    took.push(Number(await page.locator('.took').getAttribute('data-ms')))
    await page.getByRole('button', { name: '全部移除' }).click()
  }
  expect(took.every((took_ms) => took_ms > 0)).toBe(true)
  process.stdout.write(`a proof of ten turns is verified in the browser in ${took.join(', ')} ms\n`)
})

test('what can’t be checked yet is pending, and the page says what it waits for', async () => {
  const page = await open()
  await put(page, receipt)
  expect(await named(page, 'pending')).toEqual(['proof in the log'])
  await put(page, { ...proof, seed: null })
  expect(await named(page, 'pending')).toEqual(['seed', 'rolls'])
  expect(await verdict(page)).toBe('能核对的都对，还有几项要等')
  expect(await page.getByText('种子在这一天结束后才公布').first().isVisible()).toBe(true)
})

const turnsOf = (draw: Draw, change: object) => draw.turns.map((turn, at) => (at === 0 ? { ...turn, ...change } : turn))
const other = 'ab'.repeat(32)
const changes: [field: string, check: string, document: Document][] = [
  ['receipt.points', 'leaves of the receipt', { ...receipt, turns: turnsOf(receipt, { points_awarded: 9_999 }) }],
  ['receipt.client_seed', 'leaves of the receipt', { ...receipt, client_seed: 'other' }],
  ['receipt.commitment', 'signature of the receipt', { ...receipt, commitment: other }],
  ['receipt.signature', 'signature of the receipt', { ...receipt, signature: btoa('x'.repeat(64)) }],
  ['receipt.origin', 'key', { ...receipt, origin: 'elsewhere.example/log' }],
  ['receipt.draw_no', 'draw numbers', { ...receipt, turns: turnsOf(receipt, { draw_no: 99 }) }],
  ['kind', 'format', { ...receipt, kind: 'other' } as unknown as Document],
  ['version', 'format', { ...proof, version: 2 } as unknown as Document],
  ['key', 'key', { ...proof, key: proof.key.replace(/.$/, '') }],
  ['draw.roll', 'draw in the log', { ...proof, draw: { ...last, turns: turnsOf(last, { roll: 1 }) } }],
  ['draw.prize_id', 'outcomes', { ...proof, draw: { ...last, turns: turnsOf(last, { prize_id: 3 }) } }],
  ['draw.pity_before', 'pity', { ...proof, draw: { ...last, turns: turnsOf(last, { pity_before: 9 }) } }],
  ['draw.epoch', 'epoch', { ...proof, draw: { ...last, epoch: last.epoch + 1 } }],
  ['places', 'draw in the log', { ...proof, places: proof.places.slice(1) }],
  ['epoch.commitment', 'epoch in the log', { ...proof, epoch: { ...proof.epoch, commitment: other } }],
  ['epoch_place', 'epoch in the log', { ...proof, epoch_place: { ...proof.epoch_place, log_index: 0 } }],
  ['wheels', 'wheel', { ...proof, wheels: proof.wheels.map((wheel) => ({ ...wheel, near_miss_width: 1 })) }],
  ['history', 'history', { ...proof, history: [{ ...earlier, client_seed: 'changed' }] }],
  ['beginning', 'history', { ...proof, beginning: { user_id: 7, draw_no: 1, pity_count: 0 } }],
  ['seed', 'seed', { ...proof, seed: other }],
  ['seed of rolls', 'rolls', { ...proof, seed: other }],
  ['checkpoint', 'checkpoint', { ...proof, checkpoint: proof.checkpoint.replace(/^\d+$/m, '999') }],
]

test('each field that was changed makes its check red, by name', async () => {
  const page = await open()
  for (const [field, check, document] of changes) {
    await put(page, document)
    expect([field, await named(page, 'failed')]).toEqual([field, expect.arrayContaining([check])])
    expect(await verdict(page)).toStartWith('有地方不对：')
    await page.getByRole('button', { name: '全部移除' }).click()
  }
})

describe('documents that contradict each other', () => {
  test('two receipts that tell one turn in two ways are named', async () => {
    const page = await open()
    await put(page, receipt, world.receipt({ ...last, draw_id: 'DR_again' }))
    expect(await named(page, 'failed')).toEqual(['one draw', 'one stock'])
    await page.getByText(`「回执 ${last.draw_id}」和「回执 DR_again」互相矛盾`).waitFor()
  })

  test('two checkpoints of one length with different roots are named, and one alone waits for another', async () => {
    const [one, other] = [createFairWorld().checkpoint(), createFairWorld().checkpoint()]
    const page = await open()
    await put(page, one)
    await page.getByText('只有一个检查点').waitFor()
    await put(page, other.replaceAll('\n', '\r\n'))
    expect(await named(page, 'failed')).toEqual(['one log'])
    await page.getByText(/「检查点（\d+ 条）」和「检查点（\d+ 条）」互相矛盾/).waitFor()
    await page.getByText('没有核对检查点的签名').waitFor()
  })
})

const hostile: [what: string, content: string, says: string][] = [
  ['more than any proof', `{"kind":"proof","pad":"${'x'.repeat(1_000_000)}"}`, '文件太大：回执和证明都不超过 1000 kB'],
  ['a part of a proof', JSON.stringify(proof).slice(0, 900), '文件不完整，后面缺了一段，请重新下载'],
  ['nothing', '  \n', '这里面什么也没有'],
  ['a page', '<!doctype html><script>alert(1)</script>', '这不是回执、证明或检查点'],
  ['deep brackets', '['.repeat(200_000) + ']'.repeat(200_000), '这不是回执、证明或检查点'],
  ['a number', '42', '这不是回执、证明或检查点'],
  ['an object of something else', '{"__proto__":{"kind":"proof"},"data":5}', '这不是回执、证明或检查点'],
  ['a refusal', '{"code":3007,"msg":"还没写进日志","data":null}', '这是服务的一个拒绝（3007：还没写进日志）'],
  ['a draw without a proof', '{"code":0,"msg":"ok","data":{"proof":null}}', '这次抽奖没有回执和证明'],
  [
    'a list that is too long',
    JSON.stringify(Array.from({ length: 9 }, (_, at) => ({ ...receipt, draw_id: `${at}` }))),
    '一次最多核对 8 份',
  ],
]

test.each(hostile)('%s is refused in a clear sentence, and what lay there stays', async (_, content, says) => {
  const page = await open()
  await put(page, receipt)
  await choose(page, content)
  await page.getByRole('alert').getByText(says).waitFor()
  expect(await refusal(page)).toContain(says)
  expect(await page.locator('.given-documents article').count()).toBe(1)
})

test('bytes that are no text are refused', async () => {
  const page = await open()
  const buffer = Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 1])
  await page.getByLabel('选文件').setInputFiles({ name: 'photo.jpg', mimeType: 'image/jpeg', buffer })
  await page.getByText('photo.jpg：这不是文本文件').waitFor()
})

test('a file whose fields hold anything is shown as text and found to be wrong', async () => {
  const page = await open()
  const markup = '<img src=x onerror="document.title=1">'
  const odd = { kind: 'proof', version: 1, draw: { draw_id: markup, turns: [null, { prize_id: {} }], at_ms: 1e300 } }
  await put(page, { ...odd, wheels: [null, { prizes: [null] }], key: { toString: 1 }, origin: markup })
  await page
    .getByRole('heading', { name: `证明 ${markup.slice(0, 40)}` })
    .first()
    .waitFor()
  expect(await page.locator('img').count()).toBe(0)
  expect(await verdict(page)).toStartWith('有地方不对')
  expect(await page.title()).toBe('核对一次抽奖')
})

test('a file may be dropped on the page, and a text pasted into it or into the field', async () => {
  const page = await open()
  const give = (kind: 'drop' | 'paste', text: string) =>
    page.evaluate(`{
      const given = new DataTransfer()
      const text = ${JSON.stringify(text)}
      if ('${kind}' === 'drop') given.items.add(new File([text], 'receipt.json'))
      else given.setData('text/plain', text)
      const options = { bubbles: true, cancelable: true, dataTransfer: given, clipboardData: given }
      document.body.dispatchEvent(new (${kind === 'drop' ? 'DragEvent' : 'ClipboardEvent'})('${kind}', options))
    }`)
  await give('drop', JSON.stringify(receipt))
  await page.getByText('把这次抽奖的证明也放进来').waitFor()
  await give('paste', JSON.stringify(proof))
  await page.getByText('每一项都对').waitFor()
  await page.getByRole('button', { name: `移除 证明 ${last.draw_id}` }).click()
  await page.getByText('把这次抽奖的证明也放进来').waitFor()
  await page.getByLabel('粘贴回执、证明或检查点').fill(JSON.stringify(proof))
  await page.getByRole('button', { name: '放进来' }).click()
  await page.getByText('每一项都对').waitFor()
})

test('the page says what no proof can say, and when the diner took no part in the chance', async () => {
  const page = await open()
  expect(await page.locator('.limits li').count()).toBe(8)
  await put(page, world.receipt(world.take(8, 1, '', [])))
  await page.getByText('客户种子是空的：抽奖的人没有参与决定点数').waitFor()
})

test.each(['light', 'dark'] as const)('axe finds nothing in the %s theme', async (colorScheme) => {
  const page = await open({ colorScheme })
  expect(await findings(page)).toEqual([])
  await put(page, receipt, world.receipt({ ...last, draw_id: 'DR_again' }), { ...proof, seed: other })
  expect(await findings(page)).toEqual([])
})

test('everything can be reached with the keyboard alone', async () => {
  const page = await open({ viewport: deskScreen })
  const reached: string[] = []
  for (let step = 0; step < 4; step += 1) {
    await page.keyboard.press('Tab')
    reached.push(await page.locator(':focus').evaluate((shown) => shown.tagName))
  }
  expect(reached).toEqual(['INPUT', 'TEXTAREA', 'BUTTON', 'A'])
})

const folder = join(import.meta.dir, '../../.data/test/pages')
test.each([
  ['360-light', { colorScheme: 'light' }],
  ['360-dark', { colorScheme: 'dark' }],
  ['1280-light', { colorScheme: 'light', viewport: deskScreen }],
  ['1280-dark', { colorScheme: 'dark', viewport: deskScreen }],
] as const)('the page can be seen at %s', async (name, options) => {
  const page = await open(options)
  await page.screenshot({ path: join(folder, `verify-empty-${name}.png`), fullPage: true })
  await put(page, receipt, proof)
  await page.screenshot({ path: join(folder, `verify-right-${name}.png`), fullPage: true })
  await put(page, world.receipt({ ...last, draw_id: 'DR_again' }))
  await page.screenshot({ path: join(folder, `verify-wrong-${name}.png`), fullPage: true })
})
