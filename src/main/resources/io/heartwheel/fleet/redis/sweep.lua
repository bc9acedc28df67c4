-- KEYS bucket  ARGV dead leases  -> {identity, record, ...} of what was erased
local dead, erased = {}, {}
for i = 1, #ARGV do dead[ARGV[i]] = true end
local all = redis.call('HGETALL', KEYS[1])
for i = 1, #all, 2 do
  local lease = string.match(all[i + 1], '^%S+')
  if lease and dead[lease] then
    redis.call('HDEL', KEYS[1], all[i])
    erased[#erased + 1] = all[i]
    erased[#erased + 1] = all[i + 1]
  end
end
return erased
