import { sendCheckpoint } from '../tlog/witnesses.ts'
import type { Job, JobDeps } from './job.ts'

/** A few minutes into the day, so that all of the day before is in it. */
const when = '0 5 0 * * *'

/** Tells the operators the day's checkpoint. It is in their messages then, where nobody can change it. */
export function tellCheckpoint({ log, alerts }: JobDeps): Job {
  return {
    name: 'tell-checkpoint',
    about: 'Tell the operators how far the log goes today',
    when,
    async step() {
      if (!log) return { rows: 0, more: false }
      alerts.raise({ event: 'checkpoint', note: await log.checkpoint() })
      return { rows: 1, more: false }
    },
  }
}

/** Gives the day's checkpoint to the witnesses. Where one does not take it, the job is due again in a few minutes. */
export function sendCheckpoints({ config, log, logger }: JobDeps): Job {
  const witnesses = config.LOG_WITNESSES
  return {
    name: 'send-checkpoint',
    about: 'Give the day’s checkpoint to LOG_WITNESSES',
    when,
    async step(stop) {
      if (!log || witnesses.length === 0) return { rows: 0, more: false }
      const note = await log.checkpoint()
      const sent = await Promise.allSettled(witnesses.map((url) => sendCheckpoint(url, note, stop)))
      stop.throwIfAborted()
      const broken = sent.filter((outcome) => outcome.status === 'rejected')
      for (const { reason } of broken) logger.warn({ err: reason }, 'a witness did not take the checkpoint')
      return { rows: sent.length - broken.length, failed: broken.length, more: false }
    },
  }
}
