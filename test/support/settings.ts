import { ConfigError, loadConfig } from '../../src/config/config.ts'

export const strong = 'k3J9-fQ2x_L8vZ1pWn7RtYb5Hc4Md6Sg0aEuIoTqXyA'

/** All that production asks for. */
export const production = {
  NODE_ENV: 'production',
  DATABASE_URL: 'mysql://app:hunter2@db:3306/points',
  JWT_SECRET: strong,
  SMS_PROVIDER: 'webhook',
  SMS_WEBHOOK_URL: 'https://sms.example.com/send',
}

/** Why the program doesn't start with these settings; empty when it does. */
export function faultsOf(env: Record<string, string>): string[] {
  try {
    loadConfig(env)
    return []
  } catch (error) {
    return error instanceof ConfigError ? error.faults : [`not a ConfigError: ${error}`]
  }
}
