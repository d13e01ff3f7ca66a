//! Images: present or not, pulled one at a time, back-off after failures.
//!
//! Upstream: pkg/kubelet/images/image_manager.go `EnsureImageExists`

use super::node::Kubelet;
use super::reference;
use super::state::{PodRun, Stage};
use super::{Kx, NodeStep, Registry, runtime};
use crate::k8s::Str;
use crate::sim::{EventType, SimSpan, SimTime};
use std::collections::VecDeque;

/// Pulls of one node: one at a time, in order.
#[derive(Clone, Debug, Default)]
pub struct Pulls {
    queue: VecDeque<Pull>,
}

#[derive(Clone, Debug)]
struct Pull {
    uid: Str,
    container: usize,
    image: Str,
    /// When it was asked for.
    since: SimTime,
}

/// What is with a container's image.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Image {
    Here,
    /// A pull was queued; the sync goes on when it is through.
    Awaited,
    /// Not now: the reason is noted.
    Refused,
}

impl Pulls {
    pub fn len(&self) -> usize {
        self.queue.len()
    }

    pub fn is_empty(&self) -> bool {
        self.queue.is_empty()
    }

    /// The images that are waited for, the one that is being pulled first.
    pub fn images(&self) -> impl Iterator<Item = &Str> {
        self.queue.iter().map(|pull| &pull.image)
    }
}

impl Kubelet {
    /// Sees to the image of the container at the head of the sync.
    pub(super) fn image(
        &mut self,
        ctx: &mut Kx<'_>,
        pod: &mut PodRun,
        index: usize,
        registry: Registry,
    ) -> Image {
        let spec = pod.spec().clone();
        let container = PodRun::container(&spec, index);
        let name = &container.image;
        if let Some(fault) = reference::fault(name) {
            let message = format!(
                "Failed to apply default image tag \"{name}\": couldn't parse image name \"{name}\": {fault}"
            );
            let kind = EventType::Warning;
            self.pod_event(ctx, pod, Some(index), kind, "InspectFailed", &message);
            self.image_error(ctx, pod, index, "InvalidImageName", message);
            return Image::Refused;
        }
        let present = self.images.contains_key(runtime::with_tag(name).as_str());
        let policy = container.image_pull_policy.as_str();
        let (normal, warning) = (EventType::Normal, EventType::Warning);
        if present && policy != "Always" {
            let message = format!(
                "Container image \"{name}\" already present on machine and can be accessed by the pod"
            );
            self.pod_event(ctx, pod, Some(index), normal, "Pulled", &message);
            return Image::Here;
        }
        if policy == "Never" {
            let message =
                format!("Container image \"{name}\" is not present with pull policy of Never");
            self.pod_event(
                ctx,
                pod,
                Some(index),
                warning,
                "ErrImageNeverPull",
                &message,
            );
            self.image_error(ctx, pod, index, "ErrImageNeverPull", message);
            return Image::Refused;
        }
        let key = (pod.object.uid().clone(), name.clone());
        if self.image_backoff.in_backoff(&key, ctx.now()) {
            let message = format!("Back-off pulling image \"{name}\"");
            self.pod_event(ctx, pod, Some(index), normal, "BackOff", &message);
            let why = match pod.containers[index].why.as_deref() {
                Some((reason, before)) if reason == "ErrImagePull" => {
                    format!("{message}: ErrImagePull: {before}")
                }
                Some((reason, before)) if reason == "ImagePullBackOff" => before.to_string(),
                Some(_) | None => message,
            };
            self.image_error(ctx, pod, index, "ImagePullBackOff", why);
            return Image::Refused;
        }
        let message = format!("Pulling image \"{name}\"");
        self.pod_event(ctx, pod, Some(index), normal, "Pulling", &message);
        self.pulls.queue.push_back(Pull {
            uid: pod.object.uid().clone(),
            container: index,
            image: name.clone(),
            since: ctx.now(),
        });
        if self.pulls.queue.len() == 1 {
            self.begin_pull(ctx, registry);
        }
        Image::Awaited
    }

    fn begin_pull(&self, ctx: &mut Kx<'_>, registry: Registry) {
        let span = pull_time(ctx, registry);
        self.step(ctx, span, NodeStep::Pulled);
    }

    fn image_error(
        &mut self,
        ctx: &mut Kx<'_>,
        pod: &mut PodRun,
        index: usize,
        reason: &'static str,
        message: String,
    ) {
        let text = format!("Error: {reason}");
        self.pod_event(ctx, pod, Some(index), EventType::Warning, "Failed", &text);
        pod.containers[index].why = Some(Box::new((reason.into(), Str::from(message))));
    }

    /// The pull at the head of the queue is through.
    pub(super) fn pulled(&mut self, ctx: &mut Kx<'_>, registry: Registry) {
        let Some(pull) = self.pulls.queue.pop_front() else {
            return;
        };
        if !self.pulls.queue.is_empty() {
            self.begin_pull(ctx, registry);
        }
        let error = if !registry.up {
            Some(runtime::registry_down(&pull.image))
        } else if runtime::is_missing(&runtime::with_tag(&pull.image)) {
            Some(runtime::not_found(&pull.image))
        } else {
            None
        };
        let image = Str::from(runtime::with_tag(&pull.image));
        if error.is_none() && !self.images.contains_key(&image) {
            self.images.insert(image, ctx.now());
            self.unlisted = self.unlisted.or(Some(ctx.now()));
        }
        let Some(mut pod) = self.pods.remove(&pull.uid) else {
            return;
        };
        let head = pod
            .work
            .as_ref()
            .and_then(|work| work.todo.front().copied());
        if pod.stage == Stage::Syncing && head == Some(pull.container) {
            self.after_pull(ctx, &mut pod, &pull, error, registry);
        }
        self.pods.insert(pull.uid, pod);
    }

    fn after_pull(
        &mut self,
        ctx: &mut Kx<'_>,
        pod: &mut PodRun,
        pull: &Pull,
        error: Option<String>,
        registry: Registry,
    ) {
        let (name, index, now) = (&pull.image, pull.container, ctx.now());
        let key = (pod.object.uid().clone(), name.clone());
        if let Some(error) = error {
            let message = format!("Failed to pull image \"{name}\": {error}");
            self.pod_event(
                ctx,
                pod,
                Some(index),
                EventType::Warning,
                "Failed",
                &message,
            );
            self.image_error(ctx, pod, index, "ErrImagePull", error);
            self.image_backoff.advance(&key, now);
            self.skip(pod);
            self.next_container(ctx, pod, registry);
            return;
        }
        self.image_backoff.remove(&key);
        let message = format!(
            "Successfully pulled image \"{name}\" in {} ({} including waiting). Image size: {} bytes.",
            pull_time(ctx, registry),
            now.since(pull.since),
            runtime::IMAGE_SIZE
        );
        self.pod_event(ctx, pod, Some(index), EventType::Normal, "Pulled", &message);
        if self.config_fails(ctx, pod, index) {
            self.skip(pod);
            self.next_container(ctx, pod, registry);
            return;
        }
        let at = now + ctx.latency.start;
        let step = super::Step::Started { container: index };
        self.pod_step(ctx, &pull.uid, at, step);
    }
}

fn pull_time(ctx: &Kx<'_>, registry: Registry) -> SimSpan {
    ctx.latency.pull.times(u64::from(registry.slowness.max(1)))
}
