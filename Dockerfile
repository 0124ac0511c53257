# Bastionless as a container: `docker build -t bastionless .`; with the demo: `--build-arg EXTRAS='[mock]'`.
ARG PYTHON=3.13

FROM python:${PYTHON}-slim AS build
ARG EXTRAS=""
WORKDIR /src
COPY pyproject.toml requirements.lock README.md LICENSE ./
COPY scanner/ scanner/
COPY rules/ rules/
COPY frameworks/ frameworks/
RUN python -m venv /opt/bastionless \
 && /opt/bastionless/bin/pip install --no-cache-dir --disable-pip-version-check --constraint requirements.lock ".${EXTRAS}"

FROM python:${PYTHON}-slim
COPY --from=build /opt/bastionless /opt/bastionless
# A number, so that Kubernetes can see that it is not root; the folder is where a volume for the state goes.
RUN useradd --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin bastionless \
 && install -d -m 0700 -o 10001 -g 10001 /var/lib/bastionless
ENV PATH=/opt/bastionless/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
USER 10001:10001
WORKDIR /var/lib/bastionless
# SIGTERM says nothing to process 1; SIGINT ends the scan in good order.
STOPSIGNAL SIGINT
ENTRYPOINT ["bastionless"]
CMD ["--help"]
