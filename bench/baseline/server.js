/**
 * A service of the usual kind for the same tables: Express and Sequelize, one transaction for each request, with rows
 * locked by SELECT … FOR UPDATE. Its only argument is its port.
 */

import express from 'express'
import jwt from 'jsonwebtoken'
import { User } from './models.js'
import { config, draw, exchange, info, Refused, records } from './operations.js'

const app = express()
app.use(express.json())

app.use('/api', async (req, res, next) => {
  const token = req.headers.authorization?.replace(/^Bearer /, '') ?? ''
  try {
    const { user_id } = jwt.verify(token, process.env.JWT_SECRET, { algorithms: ['HS256'] })
    const user = await User.findByPk(user_id)
    if (user?.status !== 'active') return res.status(401).json({ code: 2002, msg: '请重新登录', data: null })
    req.userId = user_id
  } catch {
    return res.status(401).json({ code: 2002, msg: '请重新登录', data: null })
  }
  return next()
})

const answer = (work) => async (req, res) => res.json({ code: 0, msg: 'success', data: await work(req) })

app.post(
  '/api/lottery/draw',
  answer(({ userId }) => draw(userId)),
)
app.post(
  '/api/exchange/submit',
  answer(({ userId, body }) => exchange(userId, body)),
)
app.get(
  '/api/user/points/records',
  answer(({ userId, query }) => records(userId, query)),
)
app.get(
  '/api/user/info',
  answer(({ userId }) => info(userId)),
)

app.get(
  '/api/lottery/config',
  answer(({ userId }) => config(userId)),
)

app.use((error, _req, res, _next) => {
  const code = error instanceof Refused ? error.code : 9001
  res.status(error instanceof Refused ? 400 : 500).json({ code, msg: error.message, data: null })
})

app.listen(Number(process.argv[2]), '127.0.0.1')
