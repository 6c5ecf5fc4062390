// Private to topology/graph. Boost.Graph holds who is next to whom; what a vertex or a link is stays in plain vectors,
// so that the whole copies as a value (Boost's edge descriptors point into the graph that made them).
#pragma once

#include "topology/graph/graph.h"
#include "topology/graph/paths.h"

#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/filtered_graph.hpp>

#include <vector>

namespace cm::topology {

struct Graph::Storage {
  struct EdgeLink {
    LinkId id;
  };

  using Adjacency =
      boost::adjacency_list<boost::vecS, boost::vecS, boost::bidirectionalS, boost::no_property, EdgeLink>;
  using Edge = boost::graph_traits<Adjacency>::edge_descriptor;

  // Edge predicate of the sub-graph that a LinkFilter leaves.
  struct Keeps {
    const Storage* storage = nullptr;
    const LinkFilter* filter = nullptr;

    bool operator()(const Edge& edge) const { return (*filter)(storage->links[storage->adjacency[edge].id.index()]); }
  };

  using SubGraph = boost::filtered_graph<Adjacency, Keeps>;

  [[nodiscard]] SubGraph sub_graph(const LinkFilter& filter) const { return SubGraph(adjacency, Keeps{this, &filter}); }

  std::vector<Vertex> vertices;
  std::vector<Link> links;
  Adjacency adjacency;
};

}  // namespace cm::topology
