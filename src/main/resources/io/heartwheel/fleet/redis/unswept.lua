-- KEYS dead  ARGV age(ms)  -> leases that are dead for so long, each told to one caller at a time
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local leases = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now - tonumber(ARGV[1]), 'LIMIT', 0, 256)
for i = 1, #leases do redis.call('ZADD', KEYS[1], now, leases[i]) end
return leases
