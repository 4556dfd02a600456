# certbot with this repository's set-up script, which also needs bash and openssl.
FROM certbot/certbot:v5.1.0
RUN apk add --no-cache bash openssl
COPY setup-letsencrypt.sh /scripts/setup-letsencrypt.sh
