/** The `X-Client-Version` of v220 and the builds that followed it. */
export const v220 = /^2\.2(\.|$)/
