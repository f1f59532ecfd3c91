import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { call, signOut } from '../shared/api.ts'
import { complain, Failed, Skeleton, say } from '../shared/parts.tsx'
import { texts as shared } from '../shared/texts.ts'
import { points } from '../shared/time.ts'
import { Counting } from './counting.tsx'
import { MemberCode } from './member-code.tsx'
import { DrawRecords, Orders, PointsRecords } from './records.tsx'
import { Sessions } from './sessions.tsx'
import { shownBalance, statistics } from './state.ts'
import { texts } from './texts.ts'

const sheets = {
  records: [texts.me.records, PointsRecords],
  draws: [texts.me.draws_list, DrawRecords],
  orders: [texts.me.orders, Orders],
  sessions: [texts.me.sessions, Sessions],
  member: [texts.wallet.member, MemberCode],
} as const

export function Me() {
  const open = useSignal<keyof typeof sheets | null>(null)
  useEffect(() => void statistics.load(), [])
  const { value, error } = statistics
  const told = value.value
  if (!told) return error.value ? <Failed error={error.value} onRetry={statistics.load} /> : <Skeleton rows={5} />
  const Shown = open.value && sheets[open.value][1]
  return (
    <>
      <Profile info={told.user_info} />
      <section class="balance" aria-label={texts.wheel.points}>
        <p>
          <Counting value={shownBalance} />
          <span>{texts.wheel.points}</span>
        </p>
      </section>
      <dl class="figures">
        <Figure name={texts.me.earned} value={told.points_statistics.total_earned} />
        <Figure name={texts.me.spent} value={told.points_statistics.total_spent} />
        <Figure name={texts.me.draws} value={told.activity_statistics.total_draws} />
        <Figure name={texts.me.exchanges} value={told.activity_statistics.total_exchanges} />
      </dl>
      <ul class="rows ways">
        {(Object.keys(sheets) as (keyof typeof sheets)[]).map((name) => (
          <li key={name}>
            <button type="button" onClick={() => (open.value = name)}>
              {sheets[name][0]}
              <i aria-hidden="true">›</i>
            </button>
          </li>
        ))}
      </ul>
      <button type="button" class="second wide" onClick={signOut}>
        {shared.signOut}
      </button>
      {Shown && <Shown onClose={() => (open.value = null)} />}
    </>
  )
}

function Figure({ name, value }: { name: string; value: number }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{points(value)}</dd>
    </div>
  )
}

interface Info {
  nickname: string
  mobile: string
  avatar: string | null
}

function Profile({ info }: { info: Info }) {
  const isEditing = useSignal(false)
  const nickname = useSignal(info.nickname)
  const save = async (event: Event) => {
    event.preventDefault()
    try {
      await call('PUT /user/info', { body: { nickname: nickname.value } })
      await statistics.load()
      isEditing.value = false
      say(texts.me.saved)
    } catch (error) {
      complain(error)
    }
  }
  return (
    <section class="profile">
      <Avatar info={info} />
      {isEditing.value ? (
        <form class="beside" onSubmit={save}>
          <label>
            {texts.me.nickname}
            <input
              type="text"
              autocomplete="nickname"
              maxLength={50}
              required
              value={nickname}
              onInput={({ currentTarget }) => {
                nickname.value = currentTarget.value
              }}
            />
          </label>
          <button type="submit" class="second">
            {texts.me.save}
          </button>
        </form>
      ) : (
        <div>
          <h2>{info.nickname}</h2>
          <small>{info.mobile}</small>
          <button
            type="button"
            class="link"
            onClick={() => {
              nickname.value = info.nickname
              isEditing.value = true
            }}
          >
            {texts.me.rename}
          </button>
        </div>
      )}
    </section>
  )
}

function Avatar({ info }: { info: Info }) {
  const send = async ({ currentTarget }: { currentTarget: HTMLInputElement }) => {
    const photo = currentTarget.files?.[0]
    currentTarget.value = ''
    if (!photo) return
    const form = new FormData()
    form.set('avatar', photo)
    try {
      await call('POST /user/avatar', { form })
      await statistics.load()
      say(texts.me.avatarDone)
    } catch (error) {
      complain(error)
    }
  }
  return (
    <label class="avatar file">
      {info.avatar === null ? (
        <span aria-hidden="true">{[...info.nickname][0]}</span>
      ) : (
        <img src={info.avatar} alt="" width="64" height="64" />
      )}
      <span class="unseen">{texts.me.avatar}</span>
      <input type="file" accept="image/*" onChange={send} />
    </label>
  )
}
