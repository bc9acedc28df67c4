-- KEYS deadlines nodes meta dead  ARGV JOIN|RENEW|LEAVE|SHOW lease ttl(ms) known-version node buckets
-- -> {held, clock(us), registry id, version, reaped leases, {lease, node, ...} if the version is new}
local deadlines, nodes, meta, dead = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local clock = t[1] .. string.format('%06d', t[2])
local buckets = redis.call('HGET', meta, 'buckets')
if buckets and buckets ~= ARGV[6] then return redis.error_reply('BUCKETS ' .. buckets) end
if ARGV[1] == 'SHOW' then                          -- from outside: not a write
  local living = {}
  for _, lease in ipairs(redis.call('ZRANGEBYSCORE', deadlines, now, '+inf')) do
    living[#living + 1] = lease
    living[#living + 1] = redis.call('HGET', nodes, lease) or ''
  end
  return {0, clock, '', '0', {}, living}
end
if redis.call('HSETNX', meta, 'id', t[1] .. '-' .. t[2]) == 1 then
  redis.call('HSET', meta, 'version', clock, 'buckets', ARGV[6])
end
-- By the clock, so that another history after a failover has other versions.
local function changed()
  local version = tonumber(redis.call('HGET', meta, 'version')) + 1
  if version < tonumber(clock) then version = tonumber(clock) end
  redis.call('HSET', meta, 'version', string.format('%.0f', version))
end
local function finish(lease)
  redis.call('ZREM', deadlines, lease)
  redis.call('HDEL', nodes, lease)
  redis.call('ZADD', dead, now, lease)
  changed()
end
-- Nobody was heard for half a lease, or the clock went back: time stood still, for every lease.
local ttl = tonumber(ARGV[3])
local gap = now - tonumber(redis.call('HGET', meta, 'heard') or now)
if gap > ttl / 2 or gap < 0 then
  local all = redis.call('ZRANGE', deadlines, 0, -1, 'WITHSCORES')
  for i = 1, #all, 2 do
    redis.call('ZADD', deadlines, string.format('%.0f', tonumber(all[i + 1]) + gap), all[i])
  end
end
redis.call('HSET', meta, 'heard', now)
local reaped = redis.call('ZRANGEBYSCORE', deadlines, '-inf', '(' .. now, 'LIMIT', 0, 256)
for i = 1, #reaped do finish(reaped[i]) end
local held = 0
if ARGV[1] == 'JOIN' then
  redis.call('ZADD', deadlines, now + ttl, ARGV[2])
  redis.call('HSET', nodes, ARGV[2], ARGV[5])
  changed()
  held = 1
elseif redis.call('ZSCORE', deadlines, ARGV[2]) then
  if ARGV[1] == 'LEAVE' then
    finish(ARGV[2])
  else
    redis.call('ZADD', deadlines, 'XX', now + ttl, ARGV[2])
    held = 1
  end
end
local state = redis.call('HMGET', meta, 'id', 'version')
local reply = {held, clock, state[1], state[2], reaped}
if state[2] ~= ARGV[4] then reply[6] = redis.call('HGETALL', nodes) end
return reply
