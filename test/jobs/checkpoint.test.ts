import { afterAll, beforeEach, expect, test } from 'bun:test'
import { signerOf } from '../../src/tlog/format/notes.ts'
import { createLog } from '../../src/tlog/log.ts'
import { keyOf, openCheckpoint } from '../../src/verifier/log.ts'
import { startAlertDesk } from '../support/alert-desk.ts'
import { fairSettings } from '../support/drawing.ts'
import { jobNamed, runJob } from '../support/jobs.ts'
import { signIn } from '../support/people.ts'
import { useService } from '../support/service.ts'
import { until } from '../support/sockets.ts'

/** Starts somebody who keeps checkpoints. It answers with these statuses first, and then well. */
function startWitness() {
  const kept: string[] = []
  const statuses: number[] = []
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    async fetch(request): Promise<Response> {
      const status = statuses.shift() ?? 200
      if (status === 302) return Response.redirect('/elsewhere')
      if (status === 200) kept.push(`${request.method} ${request.headers.get('content-type')}\n${await request.text()}`)
      return new Response('', { status })
    },
  })
  return { url: server.url.href, kept, statuses, stop: () => server.stop(true) }
}

const [one, other, desk] = [startWitness(), startWitness(), startAlertDesk()]
const { settings } = fairSettings()
const signer = signerOf(settings.LOG_KEY)
const service = useService({ ...settings, LOG_WITNESSES: `${one.url}, ${other.url}`, ALERT_WEBHOOK: desk.url })
afterAll(() => Promise.all([one, other, desk].map(({ stop }) => stop())))

const run = (name: string) => runJob(service, name)

beforeEach(async () => {
  for (const { kept, statuses } of [one, other]) {
    kept.length = 0
    statuses.length = 0
  }
  desk.told.length = 0
  await signIn(service)
  await createLog({ ...service.services, signer }).seal()
  await Bun.sleep(600)
})

test('each witness and the operators get the published checkpoint, as it is signed', async () => {
  const note = await service.services.log?.checkpoint()
  expect(await run('send-checkpoint')).toMatchObject({ outcome: 'done', rows: 2 })
  expect([one.kept, other.kept]).toEqual(Array(2).fill([`POST text/plain; charset=utf-8\n${note}`]))
  expect(openCheckpoint(note ?? '', keyOf(signer.verifierKey)).size).toBeGreaterThan(0)
  expect(await run('tell-checkpoint')).toMatchObject({ outcome: 'done' })
  await until(() => desk.told.some(({ body }) => body.event === 'checkpoint' && body.details[0] === note))
})

test('a witness that is away for a moment is asked again, and only the last failure counts', async () => {
  one.statuses.push(500)
  expect(await run('send-checkpoint')).toMatchObject({ outcome: 'done', rows: 2 })
  expect([one.kept.length, other.kept.length]).toEqual([1, 1])
})

test('a witness that stays away fails the job, which is due again, and keeps no other from theirs', async () => {
  one.statuses.push(500, 404, 302)
  expect(await run('send-checkpoint')).toMatchObject({ outcome: 'failed', rows: 1 })
  expect([one.kept, other.kept.length]).toEqual([[], 1])
  const { due } = await service.services.jobs.standing(jobNamed(service, 'send-checkpoint'))
  expect(due?.getTime()).toBeLessThanOrEqual(Date.now())
}, 20_000)
