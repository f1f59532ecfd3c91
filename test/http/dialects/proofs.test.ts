import { expect, test } from 'bun:test'
import { verify } from '../../../src/verifier/verify.ts'
import { Build, type BuildHabits } from '../../support/builds.ts'
import { drawingAt, fairSettings } from '../../support/drawing.ts'
import { newPhone } from '../../support/people.ts'
import { useService } from '../../support/service.ts'

const { settings, chain } = fairSettings()
const service = useService({ ...settings, DIALECTS: 'on' })
const { seal } = drawingAt(service, settings.LOG_KEY)

const builds: [name: string, habits: BuildHabits, body: Record<string, unknown>][] = [
  ['v100', {}, { draw_type: 'triple', count: 3 }],
  ['v212', {}, { draw_type: '三连抽', count: 3 }],
  [
    'v220',
    { header: { 'X-Client-Version': '2.2.0', 'X-Platform': 'wechat-miniprogram' } },
    { draw_type: '三连抽', count: 3 },
  ],
]

test.each(builds)(
  'a draw of build %s is proven, and the verifier says that its diner sent no seed',
  async (_, habits, body) => {
    const build = new Build(service, habits)
    const phone = newPhone()
    await build.post('/auth/send-code', { phone })
    await build.login({ phone, code: '123456' })
    const drawn = (await build.post('/lottery/draw', body)).data
    expect(drawn.results).toHaveLength(3)
    await seal()
    const { proof } = (await build.get(`/lottery/draws/${drawn.draw_id}/proof`)).data
    expect(proof.draw).toMatchObject({ draw_id: drawn.draw_id, client_seed: '', client_seed_source: 'none' })
    const revealed = { ...proof, seed: chain.seedOf(proof.draw.epoch).toString('hex') }
    const { verdict, notes } = verify([revealed])
    expect([verdict, notes[0]]).toEqual(['right', 'the diner sent no seed and so took no part in the chance'])
  },
)
