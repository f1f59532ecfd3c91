import { afterAll, afterEach, beforeEach, expect, test } from 'bun:test'
import { startAlertDesk } from '../support/alert-desk.ts'
import { createTestDatabase } from '../support/database.ts'
import { fairSettings } from '../support/drawing.ts'
import { type Program, type Settings, startProgram } from '../support/process.ts'
import { until } from '../support/sockets.ts'

const desk = startAlertDesk()
const { settings: keys } = fairSettings()
const production: Settings = {
  NODE_ENV: 'production',
  JWT_SECRET: 'k3J9-fQ2x_L8vZ1pWn7RtYb5Hc4Md6Sg0aEuIoTqXyA',
  SMS_PROVIDER: 'webhook',
  SMS_WEBHOOK_URL: desk.url,
  ALERT_WEBHOOK: desk.url,
  OCR: 'off',
  SHUTDOWN_GRACE_MS: '0',
}
const programs: Program[] = []
let databases = 0

beforeEach(() => {
  desk.told.length = 0
})
afterEach(async () => {
  for (const program of programs.splice(0)) await program.kill()
})
afterAll(desk.stop)

/** Starts the program as an operator does, with these settings. */
async function start(settings: Settings): Promise<Program> {
  const DATABASE_URL = await createTestDatabase(`points_unproven_${process.pid}_${databases++}`)
  const program = await startProgram({ ...settings, DATABASE_URL })
  programs.push(program)
  return program
}
const told = () => desk.told.filter(({ body }) => body.event === 'draws_unproven')

test.each([
  ['the seeds and the key of the log', {}, 'DRAW_SEED、LOG_KEY'],
  ['the seeds', { LOG_KEY: keys.LOG_KEY }, 'DRAW_SEED'],
  ['the key of the log', { DRAW_SEED: keys.DRAW_SEED }, 'LOG_KEY'],
])('in production a start without %s is told to the operators, and the service runs', async (_, given, missing) => {
  const { url } = await start({ ...production, ...given })
  await until(() => told().length > 0)
  expect(told()[0]?.body.details).toEqual([`没有设置 ${missing}，抽奖照常进行，但顾客拿不到可验证的凭证`])
  expect((await fetch(`${url}/health`)).status).toBe(200)
})

test('a start with both is told to nobody, nor is one outside of production', async () => {
  await start({ ...production, ...keys })
  await start({ ...production, NODE_ENV: 'test' })
  await Bun.sleep(500)
  expect(told()).toEqual([])
})
