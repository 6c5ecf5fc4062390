// Progress of a run, for whoever waits for it.
#pragma once

#include <string_view>

namespace cm::sim::metrics {

class Progress {
 public:
  Progress() = default;
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  virtual ~Progress() = default;

  // share in [0, 1]; `what` says in a few words what is being done. Cheap enough for thousands of calls a second.
  virtual void update(double share, std::string_view what) = 0;
};

class NoProgress final : public Progress {
 public:
  void update(double /*share*/, std::string_view /*what*/) override {}
};

}  // namespace cm::sim::metrics
