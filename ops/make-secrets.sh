#!/usr/bin/env bash
# Makes the secrets of compose.yaml under ./secrets, each in a file of its own. It keeps those that are there.
set -euo pipefail
cd "${1:-$(dirname "$0")/..}"

# The containers' users must read the files, nobody else on this machine.
mkdir -p secrets
chmod 700 secrets
cd secrets

# keep <file> <command …>: makes the file from the command's output, unless it is there.
keep() {
  [ -e "$1" ] && return
  "${@:2}" > "$1.new"
  chmod 444 "$1.new"
  mv "$1.new" "$1"
}

random() {
  head -c 36 /dev/urandom | base64 -w 0 | tr '+/' '-_'
}

hex() {
  od -An -tx1 -v | tr -d ' \n'
}

# As `seeds make` does: the seeds of ten years of draws, of which each is the hash of the next one.
draw_seed() {
  local last_epoch=$(($(date +%s) / 86400 + 3660))
  echo "rp-chain-1:$(head -c 8 /dev/urandom | hex):$last_epoch:$(head -c 32 /dev/urandom | base64 -w 0 | tr '+/' '-_' | tr -d '=')"
}

# As `log key` does: an Ed25519 key as a signed note's signer has it. Its id is of its name and its public part.
log_key() {
  local name
  name="restaurant-points/log-$(head -c 4 /dev/urandom | hex)"
  openssl genpkey -algorithm ed25519 -outform DER > log_key.der
  openssl pkey -inform DER -in log_key.der -pubout -outform DER | tail -c 32 > log_key.public
  local id
  id=$( (printf '%s\n\001' "$name" && cat log_key.public) | openssl dgst -sha256 -binary | head -c 4 | hex)
  echo "PRIVATE+KEY+$name+$id+$( (printf '\001' && tail -c 32 log_key.der) | base64 -w 0)"
  rm log_key.der log_key.public
}

store_identity() {
  cat << JSON
{
  "identities": [
    {
      "name": "points",
      "credentials": [{ "accessKey": "$(cat s3_access_key)", "secretKey": "$(cat s3_secret_key)" }],
      "actions": ["Read:receipts", "Write:receipts", "List:receipts"]
    }
  ]
}
JSON
}

for secret in database_root_password database_password redis_password s3_access_key s3_secret_key jwt_secret metrics_token; do
  keep "$secret" random
done
keep log_key log_key
keep draw_seed draw_seed
keep database_url echo "mysql://points:$(cat database_password)@mysql:3306/restaurant_points"
keep redis_url echo "redis://:$(cat redis_password)@valkey:6379"
keep valkey.conf echo "requirepass $(cat redis_password)"
keep s3.json store_identity
echo "The secrets are in $PWD."
