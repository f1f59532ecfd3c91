import { expect, test } from 'bun:test'
import { jpegOf, picture } from '../../support/images.ts'
import { listener, names, page } from '../../support/older-answers.ts'
import { useOlderBuilds } from '../../support/older-builds.ts'
import { givePoints, newPhone } from '../../support/people.ts'
import { defaultPrize, makeCertain, win } from '../../support/prizes.ts'
import { newUpload } from '../../support/uploads.ts'

const builds = useOlderBuilds('other answers')
const hears = listener(builds)
const account = { is_admin: 'is_merchant', avatar_url: 'avatar', avatarUrl: 'avatar' }

test('answers about accounts have the aliases of older builds', async () => {
  const mobile = newPhone()
  await hears(builds.diner, ['/auth/login', 'POST', { phone: mobile, code: '123456' }], names('user_info.', account))
  await hears(builds.diner, ['/auth/verify-token', 'GET'], names('user_info.', account))
  for (const path of ['/user/info', '/user/profile']) {
    const data = await hears(builds.diner, [path, 'GET'], names('user_info.', account))
    expect(data).toEqual({ ...data.user_info, user_info: data.user_info })
    expect(data.registration_days).toBe(0)
  }
  await hears(
    builds.staff,
    ['/user/info', 'PUT', { nickname: '店长' }],
    [
      ...names('user_info.', account),
      ['is_admin', 'user_info.is_merchant'],
      ['total_points', 'user_info.total_points'],
    ],
  )
  await hears(builds.staff, ['/merchant/users', 'GET', { mobile }], names('user_info.', account))
  const bytes = await jpegOf(picture(321))
  const { data } = (
    await builds.phone.uploadFile('/user/avatar', { name: 'avatar', bytes }, { token: builds.diner.token })
  ).data
  expect([data.avatar_url, data.avatarUrl]).toEqual([data.avatar, data.avatar])
  expect(data.avatar).toStartWith(`${builds.service.url}/`)
})

test('answers about a diner’s points and statistics have the aliases of older builds', async () => {
  await givePoints(builds.service, builds.diner, 7)
  const first = await hears(builds.diner, ['/user/points/records', 'GET', { limit: 1 }], page)
  expect([first.hasMore, first.has_more, first.total]).toEqual([true, true, 2])
  const last = await hears(builds.diner, ['/user/points/records', 'GET', { limit: 1, page: 2 }], [])
  expect([last.hasMore, last.has_more]).toEqual([false, false])
  await builds.phone.request('/lottery/draw', { method: 'POST', data: { type: '三连抽' }, token: builds.diner.token })
  const upload_id = await newUpload(builds.service, builds.diner)
  await hears(builds.staff, ['/merchant/review', 'POST', { upload_id, action: 'approve' }], [])
  await newUpload(builds.service, builds.diner)
  await builds.service.database.query('UPDATE users SET created_at = created_at - INTERVAL 3 DAY WHERE user_id = ?', [
    builds.diner.userId,
  ])
  const data = await hears(
    builds.diner,
    ['/user/statistics', 'GET'],
    [
      ['total_lottery', 'activity_statistics.total_draws'],
      ['total_exchange', 'activity_statistics.total_exchanges'],
      ['total_upload', 'activity_statistics.total_uploads'],
      ['totalLotteries', 'activity_statistics.total_draws'],
      ['totalExchanges', 'activity_statistics.total_exchanges'],
      ['totalUploads', 'activity_statistics.total_uploads'],
      ['joinDays', 'join_days'],
      ['join_days', 'user_info.registration_days'],
      ['this_month_points', 'points_statistics.total_earned'],
      ...names('user_info.', account),
    ],
  )
  expect([data.total_lottery, data.total_upload, data.approved_upload, data.join_days]).toEqual([3, 2, 1, 3])
  const exchanges = await hears(builds.diner, ['/exchange/statistics', 'GET'], [])
  expect([exchanges.total_exchange, exchanges.totalExchanges, exchanges.total_lottery]).toEqual([0, 0, 3])
  const trend = await hears(builds.diner, ['/user/points/today-trend', 'GET'], [])
  expect([trend.today_earned, trend.today_consumed]).toEqual([trend.total_earned, 300])
  const checkedIn = await hears(
    builds.diner,
    ['/user/check-in', 'POST'],
    [
      ['points_earned', 'points_awarded'],
      ['consecutive_days', 'streak_days'],
    ],
  )
  const after = await hears(builds.diner, ['/user/points/today-trend', 'GET'], [])
  expect(after.today_earned).toBe(trend.today_earned + checkedIn.points_earned)
  await builds.service.database.query(
    'UPDATE points_records SET created_at = created_at - INTERVAL 40 DAY WHERE user_id = ? AND seq = 1',
    [builds.diner.userId],
  )
  const later = await hears(builds.diner, ['/user/statistics', 'GET'], [])
  expect(later.this_month_points).toBe(after.today_earned - 1_000)
  expect((await hears(builds.diner, ['/user/points/today-trend', 'GET'], [])).today_earned).toBe(
    after.today_earned - 1_000,
  )
})

test('answers about the wheel and draws have the aliases of older builds', async () => {
  const config = await hears(builds.diner, ['/lottery/config', 'GET'], [['today_draw_count', 'draws_today']])
  expect(config.daily_limit).toBe(9_999)
  expect(config.lottery_rules).toEqual({ daily_limit: 9_999, pity_limit: 10, cost_points: 100 })
  for (const prize of config.prizes) {
    expect([prize.id, prize.name, prize.type, prize.value, prize.isActivity]).toEqual([
      prize.prize_id,
      prize.prize_name,
      prize.prize_type,
      prize.prize_value,
      prize.is_activity,
    ])
    expect([prize.is_active, prize.isActive]).toEqual([true, true])
  }
  expect(config.prizes[0].probability).toBe(0.05)
  const drawn = await hears(
    builds.diner,
    ['/lottery/draw', 'POST', { draw_type: '五连抽' }],
    [
      ...names('', {
        user_points: 'remaining_points',
        points: 'remaining_points',
        today_count: 'draws_today',
        today_draw_count: 'draws_today',
      }),
      ...Array.from({ length: 5 }, (_, i): [string, string] => [`results.${i}.points`, `results.${i}.points_awarded`]),
    ],
  )
  const { records } = await hears(
    builds.diner,
    ['/lottery/records', 'GET'],
    [...page, ['records.0.cost_points', 'records.0.points_cost']],
  )
  expect(records.map((one: { status: string }) => one.status)).toEqual(Array(5).fill('completed'))
  const stats = await hears(builds.staff, ['/merchant/lottery/stats', 'GET'], [['totalCount', 'total_draws']])
  expect([stats.todayCount, stats.activeUsers, stats.totalPrizes]).toEqual([5, 1, 8])
  const statistics = await hears(builds.diner, ['/lottery/statistics', 'GET'], [['total_points_spent', 'total_cost']])
  const won = drawn.results.filter((one: { prize_type: string }) => one.prize_type !== 'empty').length
  expect(statistics.win_rate).toBe(won / 5)
  expect((await hears(builds.staff, ['/lottery/statistics', 'GET'], [])).win_rate).toBe(0)
  for (const path of ['/merchant/prizes', '/merchant/lottery/config']) {
    const { prizes } = await hears(
      builds.staff,
      [path, 'GET'],
      names('prizes.0.', {
        id: 'prize_id',
        name: 'prize_name',
        type: 'prize_type',
        value: 'prize_value',
        isActivity: 'is_activity',
      }),
    )
    await hears(builds.staff, [path, 'PUT', { prizes }], names('prizes.0.', { id: 'prize_id' }))
  }
  for (const path of ['/merchant/lottery/probabilities', '/merchant/lottery/reset-probabilities']) {
    const { prizes } = await hears(builds.staff, ['/merchant/lottery/config', 'GET'], [])
    expect((await hears(builds.staff, [path, 'POST', { prizes }], [['isActive', 'is_active']])).is_active).toBe(true)
  }
})

test('the records that older builds show contain a prize’s code in their texts while it can be redeemed', async () => {
  await givePoints(builds.service, builds.diner, 1_000)
  const won = await win(builds.service, builds.diner, defaultPrize.coupon)
  await win(builds.service, builds.diner, defaultPrize.nothing)
  await makeCertain(builds.service, defaultPrize.dish)
  const three = await builds.phone.request('/lottery/draw', {
    method: 'POST',
    data: { type: '三连抽' },
    token: builds.diner.token,
  })
  const codes = three.data.data.results.map((one: { voucher: { code: string } }) => one.voucher.code)
  const texts = async (path: string) => {
    const { records } = await hears(builds.diner, [path, 'GET'], [])
    return records.map(({ prize_name, description, remark }: Record<string, string>) => [
      prize_name,
      description,
      remark,
    ])
  }
  const coupon = `核销码 ${won.voucher.code}`
  const shown = await texts('/lottery/records')
  expect(shown.slice(3)).toEqual([
    ['谢谢参与', undefined, undefined],
    ['八八折券', coupon, coupon],
  ])
  expect(
    shown
      .slice(0, 3)
      .map(([, description = '']: string[]) => description.slice(4))
      .sort(),
  ).toEqual(codes.sort())
  const ledger = (await texts('/user/points-records')).map(([, description]: string[]) => description)
  expect(ledger[0]).toMatch(/^三连抽消耗积分，核销码 \w{10}、\w{10}、\w{10}$/)
  for (const code of codes) expect(ledger[0]).toContain(code)
  expect(ledger.slice(1, 3)).toEqual(['单抽消耗积分', `单抽消耗积分，${coupon}`])
  const path = `/merchant/vouchers/${won.voucher.code}/redeem`
  await hears(builds.staff, [path, 'POST'], [])
  expect((await texts('/user/points-records'))[2]).toEqual([undefined, '单抽消耗积分', undefined])
  expect((await texts('/lottery/records'))[4]).toEqual(['八八折券', coupon, coupon])
})
