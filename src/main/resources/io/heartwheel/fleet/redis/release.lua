-- KEYS bucket  ARGV identity boot connection  -> 1 if it was erased
local cur = redis.call('HGET', KEYS[1], ARGV[1])
if not cur then return 0 end
local boot, connection = string.match(cur, '^([^.]+)%S* (%S+) ')
if boot ~= ARGV[2] or connection ~= ARGV[3] then return 0 end
return redis.call('HDEL', KEYS[1], ARGV[1])
