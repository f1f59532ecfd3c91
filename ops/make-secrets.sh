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
keep database_url echo "mysql://points:$(cat database_password)@mysql:3306/restaurant_points"
keep redis_url echo "redis://:$(cat redis_password)@valkey:6379"
keep valkey.conf echo "requirepass $(cat redis_password)"
keep s3.json store_identity
echo "The secrets are in $PWD."
