# certbot with this repository's set-up script. bash and openssl are what the script needs beside certbot.
FROM certbot/certbot:v5.1.0
RUN apk add --no-cache bash openssl
COPY setup-letsencrypt.sh /scripts/setup-letsencrypt.sh
