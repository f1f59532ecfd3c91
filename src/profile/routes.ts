import { Hono } from 'hono'
import { z } from 'zod'
import type { Push } from '../contract/messages.ts'
import { Refusal } from '../contract/refusals.ts'
import type { Database } from '../db/client.ts'
import { type AppEnv, absoluteLinks } from '../http/env.ts'
import { ok } from '../http/envelope.ts'
import { describe } from '../http/operation-docs.ts'
import { limitCaller, type RateLimit } from '../http/rate-limits.ts'
import { validate } from '../http/validate.ts'
import { type Calendar, wholeDaysBetween } from '../lib/calendar.ts'
import { randomCode, unambiguous } from '../lib/random.ts'
import { readPointsStatistics } from '../points/queries.ts'
import type { ImageDesk } from '../receipts/photo/image-desk.ts'
import { openAvatar } from '../receipts/photo/photo.ts'
import type { Store } from '../storage/store.ts'
import type { Till } from '../till/till.ts'
import { requireUser } from '../users/queries.ts'
import { userInfoView } from '../users/user-info.ts'
import { editProfile } from './edit-profile.ts'
import { countActivities, totalOf } from './queries.ts'
import { avatarAnswer, profileBody, userInfoAnswer, userStatisticsAnswer, userStatusAnswer } from './wire.ts'

export interface ProfileDeps {
  database: Database
  till: Till<Push>
  calendar: Calendar
  now: () => Date
  store: Store
  receipts: { imageDesk: ImageDesk }
  limits: { avatar: RateLimit }
}

const avatarKeyLength = 26
const avatarForm = { file: 'avatar', fields: z.object({}) }

/** `/api/user`: the caller's profile and statistics. */
export function profileRoutes(deps: ProfileDeps) {
  const { database, till, calendar, now } = deps
  const today = () => calendar.startOf(calendar.dayOf(now()))
  return new Hono<AppEnv>()
    .get('/info', describe({ summary: 'The caller’s account', answer: userInfoAnswer }), async (c) => {
      const user = await requireUser(database, c.get('caller').userId)
      return ok(c, { user_info: userInfoView(user, absoluteLinks(c)) })
    })
    .put(
      '/info',
      describe({ summary: 'Change nickname or avatar', answer: userInfoAnswer }),
      validate('json', profileBody),
      async (c) => {
        const { userId } = c.get('caller')
        const { nickname, avatar } = c.req.valid('json')
        const edit = {
          userId,
          ...(nickname === undefined ? {} : { nickname }),
          ...(avatar === undefined ? {} : { avatar: await acceptedAvatar(deps, avatar, userId) }),
        }
        const { answer: user } = await till.run(editProfile, edit)
        return ok(c, { user_info: userInfoView(user, absoluteLinks(c)) })
      },
    )
    .get(
      '/statistics',
      describe({ summary: 'The caller’s points and activities', answer: userStatisticsAnswer }),
      async (c) => {
        const { userId } = c.get('caller')
        const [user, points_statistics, ever, sinceMidnight] = await Promise.all([
          requireUser(database, userId),
          readPointsStatistics(database, userId),
          countActivities(database, userId),
          countActivities(database, userId, today()),
        ])
        const activity_statistics = {
          today_activities: totalOf(sinceMidnight),
          total_records: points_statistics.records_count.total,
          total_draws: ever.draws,
          total_exchanges: ever.exchanges,
          total_uploads: ever.uploads,
        }
        return ok(c, { user_info: userInfoView(user, absoluteLinks(c)), points_statistics, activity_statistics })
      },
    )
    .get('/status', describe({ summary: 'The caller’s status', answer: userStatusAnswer }), async (c) => {
      const { userId } = c.get('caller')
      const [user, sinceMidnight] = await Promise.all([
        requireUser(database, userId),
        countActivities(database, userId, today()),
      ])
      return ok(c, {
        user_id: userId,
        status: user.status,
        is_merchant: user.is_merchant,
        total_points: user.total_points,
        today_activities: totalOf(sinceMidnight),
        registration_days: wholeDaysBetween(user.created_at, now()),
        last_login: user.last_login?.toISOString() ?? null,
      })
    })
    .route('/', avatarRoutes(deps))
}

/**
 * Scales the caller's avatar down and stores it under a name that can't be guessed. The sweep deletes the earlier one.
 */
function avatarRoutes({ till, store, receipts, limits }: ProfileDeps) {
  return new Hono<AppEnv>().post(
    '/avatar',
    describe({
      summary: 'Upload an avatar; it is scaled to 512 pixels',
      answer: avatarAnswer,
      refusals: [5001, 5003, 5004],
      form: avatarForm,
    }),
    limitCaller(limits.avatar),
    async (c) => {
      const { userId } = c.get('caller')
      const { opened } = await receipts.imageDesk.take(c, { form: avatarForm, check: () => {}, open: openAvatar })
      const name = `${userId}-${randomCode(avatarKeyLength)}.jpg`
      await store.put(`avatars/${name}`, opened)
      await till.run(editProfile, { userId, avatar: `/avatars/${name}` })
      return ok(c, { avatar: absoluteLinks(c)(`/avatars/${name}`) })
    },
  )
}

const ownAvatar = new RegExp(`^/avatars/(\\d+)-[${unambiguous}]{${avatarKeyLength}}\\.jpg$`)

/**
 * The path to store of a link to the caller's present avatar, or to an earlier one that is still there. The file name
 * holds the caller's id, so it is recognised at any address of this service, and nobody can be shown with another
 * person's picture.
 * @throws {Refusal} 9000
 */
async function acceptedAvatar(
  { database, store }: Pick<ProfileDeps, 'database' | 'store'>,
  link: string,
  userId: number,
): Promise<string> {
  const { pathname } = new URL(link)
  const isOwn = ownAvatar.exec(pathname)?.[1] === `${userId}`
  const isPresent = (await requireUser(database, userId)).avatar === pathname
  if (isPresent || (isOwn && (await store.get(pathname.slice(1))))) return pathname
  throw new Refusal(9000, { issues: [{ path: 'avatar', message: '请先上传头像图片' }] })
}
