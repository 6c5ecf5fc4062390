// A machine as a directed graph: vertices are devices, links are single directions of cables. Built once, then read.
// Vertices and links keep the order in which they were added, and their ids count from 0 in it.
#pragma once

#include "topology/graph/vertex.h"

#include <cstdint>
#include <memory>
#include <vector>

namespace cm::topology {

class Graph {
 public:
  // The representation, known to topology/graph only: it keeps Boost.Graph out of every other folder.
  struct Storage;

  Graph();
  Graph(const Graph& other);
  Graph(Graph&& other) noexcept;
  Graph& operator=(Graph other) noexcept;
  ~Graph();

  VertexId add_vertex(Vertex vertex);
  LinkId add_link(const Link& link);

  [[nodiscard]] const Vertex& vertex(VertexId id) const;
  [[nodiscard]] const Link& link(LinkId id) const;
  [[nodiscard]] const std::vector<Link>& links() const;
  [[nodiscard]] std::uint32_t vertex_count() const;

  [[nodiscard]] std::vector<VertexId> vertices_of(VertexKind kind) const;
  [[nodiscard]] std::vector<LinkId> links_from(VertexId id) const;
  [[nodiscard]] std::vector<LinkId> links_to(VertexId id) const;

  [[nodiscard]] const Storage& storage() const { return *storage_; }

 private:
  std::unique_ptr<Storage> storage_;
};

// Both directions of a cable: `link` as given and its reverse.
void add_link_pair(Graph& graph, const Link& link);

// Links of one direction that leave a vertex of kind `from` for one of kind `to`.
std::uint32_t count_links(const Graph& graph, VertexKind from, VertexKind to);

}  // namespace cm::topology
