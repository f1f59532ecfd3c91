import { beforeEach, describe, expect, test } from 'bun:test'
import { utimesSync } from 'node:fs'
import { join } from 'node:path'
import { editProfile } from '../../src/profile/edit-profile.ts'
import { sweepImages } from '../../src/receipts/sweep.ts'
import { heavyJpeg, padded, picture } from '../support/images.ts'
import { signIn, signInMerchant } from '../support/people.ts'
import { withReplica } from '../support/replica.ts'
import { useService } from '../support/service.ts'
import { storedKeys } from '../support/uploads.ts'

const service = useService()
const get = (path: string, token: string) => service.client.get(path, { token })
/** The link to one of a person's own avatars, whether it is there or not. */
const avatarOf = (userId: number, name: string) => `${service.url}/avatars/${userId}-${name.padEnd(26, 'X')}.jpg`
/** Keeps an avatar in the store, as if it had been sent. Returns its link. */
const keptAvatar = async (userId: number, name: string) => {
  const link = avatarOf(userId, name)
  await service.services.store.put(new URL(link).pathname.slice(1), new Uint8Array([1]))
  return link
}

describe('the profile', () => {
  test('the profile saves and shows nickname and avatar', async () => {
    const { token, userId } = await signIn(service)
    const avatar = await keptAvatar(userId, 'A')
    const edit = {
      nickname: '  小明🍜 ',
      avatar,
      total_points: 99_999,
      is_merchant: true,
    }
    const { data } = await service.client.put('/api/user/info', { token, body: edit })
    expect(data.user_info).toMatchObject({ nickname: '小明🍜', avatar })
    expect(data.user_info).toMatchObject({ total_points: 1000, is_merchant: false })
    expect((await get('/api/user/info', token)).data).toEqual(data)
  })

  test('edits from five devices at the same moment are never mixed', async () => {
    const { token, userId } = await signIn(service)
    const seen = (data: { user_info: { nickname: string; avatar: string } }) => {
      const { nickname, avatar } = data.user_info
      expect(avatar).toBe(avatarOf(userId, nickname))
      return nickname
    }
    const lastOf = async (device: string) => {
      for (const turn of 'PQRSTUVW') {
        const nickname = `${device}${turn}`
        const body = { nickname, avatar: await keptAvatar(userId, nickname) }
        seen((await service.client.put('/api/user/info', { token, body })).data)
      }
      return `${device}W`
    }
    const lasts = await Promise.all([...'ABCDE'].map(lastOf))
    expect(lasts).toContain(seen((await get('/api/user/info', token)).data))
  })

  test('parallel edits of different fields on two replicas are both saved, every time', async () => {
    const { token, userId } = await signIn(service)
    await withReplica(service, async ({ till }) => {
      for (let round = 0; round < 10; round += 1) {
        const [nickname, avatar] = [`名${round}`, avatarOf(userId, `${round}`)]
        await Promise.all([
          till.run(editProfile, { userId, nickname }),
          service.services.till.run(editProfile, { userId, avatar: new URL(avatar).pathname }),
        ])
        expect((await get('/api/user/info', token)).data.user_info).toMatchObject({ nickname, avatar })
      }
    })
  })

  test('a link to a picture elsewhere, or to another person’s avatar, is refused and changes nothing', async () => {
    const [{ token, userId }, other] = [await signIn(service), await signIn(service)]
    const stored = 'https://thirdwx.qlogo.cn/mmopen/132'
    await service.database.query('UPDATE users SET avatar = ? WHERE user_id = ?', [stored, userId])
    for (const link of [
      'https://tracker.example.com/pixel.png',
      'https://x.example/"><img src=x onerror=alert(1)>',
      `https://tracker.example.com/?/avatars/${userId}-A.jpg`,
      `https://tracker.example.com/avatars/${userId}-A.jpg/x`,
      `https://tracker.example.com/avatars%2f${userId}-A.jpg`,
      `${service.url}/images/x.jpg`,
      `${service.url}/avatars/${userId}0-A.jpg`,
      await keptAvatar(other.userId, 'A'),
      stored,
    ]) {
      const { code, data } = await service.client.put('/api/user/info', { token, body: { avatar: link } })
      expect([link, code, data?.issues?.[0]?.path]).toEqual([link, 9000, 'avatar'])
    }
    expect((await get('/api/user/info', token)).data.user_info.avatar).toBe(stored)
  })

  test('a link to an own avatar that is not there, or has no name that the service makes, is refused', async () => {
    const { token, userId } = await signIn(service)
    const save = async (avatar: string) =>
      (await service.client.put('/api/user/info', { token, body: { avatar } })).code
    const kept = await keptAvatar(userId, 'A')
    await service.services.store.put(`avatars/${userId}-SHORT.jpg`, new Uint8Array([1]))
    expect(await save(`${service.url}/avatars/${userId}-SHORT.jpg`)).toBe(9000)
    expect(await save(avatarOf(userId, 'B'))).toBe(9000)
    expect(await save(kept)).toBe(0)
    await service.services.store.delete([new URL(kept).pathname.slice(1)])
    expect(await save(kept)).toBe(0)
    expect((await get('/api/user/info', token)).data.user_info.avatar).toBe(kept)
  })

  test('a link to an avatar of this service stays valid when the service’s address changes', async () => {
    const { token, userId } = await signIn(service)
    const path = new URL(await keptAvatar(userId, '7KQ2')).pathname
    const names = [`${service.url}${path}`, `${service.url}${path}?v=2#x`, `https://points.example.com${path}`]
    for (const avatar of names) {
      await service.client.put('/api/user/info', { token, body: { avatar } })
      const [row] = await service.database.query<{ avatar: string }>('SELECT avatar FROM users')
      expect(row?.avatar).toBe(path)
      expect((await get('/api/user/info', token)).data.user_info.avatar).toBe(`${service.url}${path}`)
    }
  })

  const bad: unknown[] = [
    { nickname: '' },
    { nickname: '   ' },
    { nickname: 'x'.repeat(51) },
    { nickname: 5 },
    { nickname: null },
    { nickname: 'a\u0000b' },
    { nickname: '\ud800' },
    { nickname: '\u202e管理员' },
    { avatar: 'javascript:alert(1)' },
    { avatar: 'http://elsewhere.example.com/a' },
    { avatar: 'https://e.com/a\u0000b' },
    { avatar: 'https://e.com/\ud800' },
    { avatar: 'x' },
    { avatar: `https://e.com/${'x'.repeat(600)}` },
    { avatar: ['https://e.com'] },
  ]
  test.each(bad)('the profile %p is refused and changes nothing', async (body) => {
    const { token } = await signIn(service)
    const before = await get('/api/user/info', token)
    expect((await service.client.put('/api/user/info', { token, body })).code).toBe(9000)
    expect((await get('/api/user/info', token)).data).toEqual(before.data)
  })

  const rename = (token: string, nickname: string) =>
    service.client.put('/api/user/info', { token, body: { nickname } })

  test.each([
    '\u200b',
    '\u3164',
    '\u2800\u2800',
    '\u115f \u1160',
    '\u00ad',
    '\ufe0f',
    '\u{e0041}',
    '\u0301',
    '\u{1d159}',
    '\u3000\u200d\ufeff',
  ])('a nickname of %j, in which nobody sees anything, is refused', async (nickname) => {
    const { token } = await signIn(service)
    expect((await rename(token, nickname)).code).toBe(9000)
  })

  test.each(['❤️', '👨‍👩‍👧', 'é', '한글', '१', '。', 'a\u200bb'])(
    'a nickname of %j is kept as it is',
    async (nickname) => {
      const { token } = await signIn(service)
      expect((await rename(token, nickname)).data.user_info.nickname).toBe(nickname)
    },
  )

  test.each([
    '管理员',
    '系统管理員',
    '客服小王',
    '客 服',
    '客\u200b服',
    '客·服',
    '客\u3164服',
    '【官方】活动',
    '店长',
    '服务员03',
    '工作人员',
    'ＡＤＭＩＮ',
    'Admin_1',
    'official',
  ])('the nickname %j is of staff: a diner is refused it, and staff may have it', async (nickname) => {
    const [diner, merchant] = [await signIn(service), await signInMerchant(service)]
    expect(await rename(diner.token, nickname)).toMatchObject({ code: 9000, data: { issues: [{ path: 'nickname' }] } })
    expect((await rename(merchant.token, nickname)).data.user_info.nickname).toBe(nickname)
  })

  test.each(['badminton', '王小二', '老板娘', 'staffordshire', '用户8001'])(
    'the nickname %j is anyone’s',
    async (nickname) => {
      const { token } = await signIn(service)
      expect((await rename(token, nickname)).code).toBe(0)
    },
  )

  test('statistics and status count the user’s activities, today and in total', async () => {
    const { token } = await signIn(service)
    await service.client.post('/api/lottery/draw', { token, body: { draw_type: 'triple' } })
    const { data } = await get('/api/user/statistics', token)
    expect(data.activity_statistics).toMatchObject({
      today_activities: 3,
      total_draws: 3,
      total_exchanges: 0,
      total_uploads: 0,
    })
    expect(data.points_statistics.current_points).toBe(data.user_info.total_points)
    expect((await get('/api/user/status', token)).data).toMatchObject({ today_activities: 3, registration_days: 0 })
  })
})

describe('an avatar', () => {
  let token: string
  const avatar = (bytes: Uint8Array<ArrayBuffer>) => {
    const form = new FormData()
    form.append('avatar', new Blob([bytes]), 'me.png')
    return service.client.post('/api/user/avatar', { token, form })
  }

  beforeEach(async () => {
    token = (await signIn(service)).token
  })

  test('an avatar is scaled to 512 pixels, is public under an unguessable name, and shows in the account', async () => {
    const { data } = await avatar(picture(1, 1_024, 768))
    const image = await fetch(data.avatar)
    expect(image.headers.get('Cache-Control')).toStartWith('public')
    const size = await new Bun.Image(await image.arrayBuffer()).metadata()
    expect([size.width, size.height]).toEqual([512, 384])
    expect((await get('/api/user/info', token)).data.user_info.avatar).toBe(data.avatar)
  })

  test('a missing avatar is refused with 5001, a file that is no image with 5003, and a too large one with 5004', async () => {
    const form = new FormData()
    form.append('picture', new Blob([picture(1)]), 'x.jpg')
    expect((await service.client.post('/api/user/avatar', { token, form })).code).toBe(5001)
    expect((await avatar(new Uint8Array(Buffer.from('<svg/>')))).code).toBe(5003)
    expect((await avatar(padded(picture(1), 10 * 1024 * 1024 + 1))).code).toBe(5004)
    expect(await storedKeys(service)).toEqual([])
  })

  const sweepLater = async () => {
    const before = new Date(Date.now() - 2 * 3_600_000)
    for (const key of await storedKeys(service)) utimesSync(join(service.dataDir, 'images', key), before, before)
    return (await sweepImages(service.database, service.services.store, { now: new Date() })).putAway
  }

  test('the sweep deletes an avatar that was replaced', async () => {
    await avatar(picture(1))
    const [old = ''] = await storedKeys(service)
    await avatar(await heavyJpeg(50_000))
    expect(await sweepLater()).toBe(1)
    expect(await storedKeys(service)).not.toContain(old)
  })

  test('of six avatars sent at the same moment one stays and is served, and the sweep deletes the others', async () => {
    const widths = [100, 110, 120, 130, 140, 150]
    const answers = await Promise.all(widths.map((width) => avatar(picture(1, width, 100))))
    expect(answers.map(({ code }) => code)).toEqual(widths.map(() => 0))
    const sent = new Map(answers.map(({ data }, index) => [data.avatar, widths[index]]))
    expect(sent.size).toBe(6)
    const standing = (await get('/api/user/info', token)).data.user_info.avatar
    expect(await sweepLater()).toBe(5)
    const served = await new Bun.Image(await (await fetch(standing)).arrayBuffer()).metadata()
    expect(sent.get(standing)).toBe(served.width)
  })
})
